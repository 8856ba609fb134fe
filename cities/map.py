"""The map of cities: dots on outlines drawn by us. Dots that would cover each other become one with a number."""

from dataclasses import dataclass, field

from django.urls import reverse

from cities.projection import HEIGHT, WIDTH, in_frame, project

# Units of the drawing. At the width at which the map stands on a desktop, 24 CSS pixels between the centres of two
# targets is what WCAG 2.2 (2.5.8) asks for.
NEAR = 24


@dataclass
class Dot:
    """One or several cities at one place of the drawing."""

    x: float
    y: float
    cities: list = field(default_factory=list)

    @property
    def count(self):
        return len(self.cities)

    @property
    def city(self):
        return self.cities[0]

    @property
    def url(self):
        """The city's page; of several, the list that holds them all."""
        if self.count == 1:
            return self.city.get_absolute_url()
        countries = dict.fromkeys(str(city.country.code) for city in self.cities)
        return f"{reverse('cities:list')}?{'&'.join(f'country={code}' for code in countries)}"

    @property
    def radius(self):
        return 5 if self.count == 1 else min(5 + self.count, 12)


@dataclass
class Map:
    width: float
    height: float
    dots: list
    outside: list


def city_map(cities):
    """The Map of `cities`; those without coordinates or beyond the frame are in `outside`."""
    dots, outside = [], []
    for city in cities:
        if city.latitude is None:
            outside.append(city)
            continue
        latitude, longitude = float(city.latitude), float(city.longitude)
        x, y = project(latitude, longitude)
        if not in_frame(x, y):
            outside.append(city)
            continue
        for dot in dots:
            if (dot.x - x) ** 2 + (dot.y - y) ** 2 < NEAR**2:
                dot.cities.append(city)
                break
        else:
            dots.append(Dot(round(x, 1), round(y, 1), [city]))
    dots.sort(key=lambda dot: (dot.y, dot.x))
    return Map(WIDTH, HEIGHT, dots, outside)
