"""The addresses of the portal, and the bare view beside them."""

from django.urls import path

from alliance.urls import handler500
from alliance.urls import urlpatterns as portal
from benchmarks.bare import bare

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [path("bare/", bare), *portal]
