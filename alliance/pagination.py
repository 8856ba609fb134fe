"""Pages of a list whose length is already known."""

from django.core.paginator import Paginator

PER_PAGE = 20


class CountedPaginator(Paginator):
    """A paginator of filters, which know how long their list is without asking the database."""

    def __init__(self, filters, per_page):
        super().__init__(filters, per_page)
        self.__dict__["count"] = filters.count

    def page(self, number):
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return self._get_page(self.object_list.rows(start, start + self.per_page), number, self)


def paginate(request, filters):
    """The page that `?page=` asks for; the first or the last one where it asks for nonsense."""
    paginator = CountedPaginator(filters, PER_PAGE)
    return paginator.get_page(request.GET.get("page"))


def wants_part(request):
    """Whether htmx asks for the part of a list that changes, and not for the whole page on the way back through history."""
    return request.htmx and not request.htmx.history_restore_request
