"""Pages of a list whose length is already known."""

from django.core.paginator import Paginator

PER_PAGE = 20


class CountedPaginator(Paginator):
    """A paginator that is told how long the list is and so need not ask the database."""

    def __init__(self, object_list, per_page, *, count):
        super().__init__(object_list, per_page)
        self.__dict__["count"] = count


def paginate(request, filters, queryset=None):
    """The page that `?page=` asks for; the first or the last one where it asks for nonsense."""
    paginator = CountedPaginator(
        filters.qs if queryset is None else queryset, PER_PAGE, count=filters.count
    )
    return paginator.get_page(request.GET.get("page"))
