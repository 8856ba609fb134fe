"""The projects as bars on years."""

from dataclasses import dataclass


@dataclass
class Bar:
    """A project or one of its phases: the place of its first year on the axis, from 1, and its length in years."""

    item: object
    project: object
    first: int
    length: int


@dataclass
class Timeline:
    years: list
    bars: list


def timeline(projects):
    """The Timeline of `projects` (their `phases` prefetched), earliest first; None where there are none."""
    projects = sorted(projects, key=lambda project: (project.start_year, project.end_year, project.name))
    if not projects:
        return None
    first = min(project.start_year for project in projects)
    last = max(project.end_year for project in projects)

    def bar(item, project):
        length = item.end_year - item.start_year + 1
        return Bar(item, project, item.start_year - first + 1, length)

    bars = []
    for project in projects:
        bars.append(bar(project, project))
        phases = list(project.phases.all())
        if len(projects) == 1:
            bars += [
                bar(phase, project)
                for phase in phases
                if phase.start_year >= first and phase.end_year <= last
            ]
    return Timeline(list(range(first, last + 1)), bars)
