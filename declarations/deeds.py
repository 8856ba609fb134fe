"""From words to deeds: which practices and projects do what a clause says."""

from django.db.models import Prefetch, Q

from declarations.models import Answer, Clause, Declaration
from practices.models import Practice
from projects.models import Participation, Project


def answers(*, user):
    """The answers whose practice or project `user` may see, each with it, its city, and the cities that lead it."""
    leads = Participation.objects.of_published_cities().filter(role=Participation.Role.LEAD)
    return (
        Answer.objects.filter(
            Q(practice__in=Practice.objects.visible_to(user))
            | Q(project__in=Project.objects.visible_to(user))
        )
        .select_related("practice__city", "project")
        .prefetch_related(Prefetch("project__participations", leads, to_attr="leads"))
        .order_by("pk")
    )


def clauses(*, user):
    """All clauses with those answers, as `answers_shown`, and with their declaration, whose language they fall back on."""
    shown = Prefetch("answers", answers(user=user), to_attr="answers_shown")
    return Clause.objects.select_related("declaration").prefetch_related(shown)


def commitments(deed, *, user):
    """The answers of a practice or a project, each with its clause, in declarations that `user` may see."""
    return (
        deed.answers.filter(clause__declaration__in=Declaration.objects.visible_to(user))
        .select_related("clause__declaration")
        .order_by("-clause__declaration__adopted_on", "clause__declaration", "clause__number")
    )


def who_did_what(declaration, *, user):
    """The clauses that somebody is to act upon: every commitment, and whatever else has an answer that is shown."""
    return [
        clause
        for clause in clauses(user=user)
        .filter(declaration=declaration)
        .select_related("declaration", "section__declaration")
        if clause.kind == Clause.Kind.COMMIT or clause.answers_shown
    ]
