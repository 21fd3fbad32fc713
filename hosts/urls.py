"""The routes of hosts under /api/v1/."""

from django.urls import path

from hosts import views

urlpatterns = [
    path("hosts", views.Hosts.as_view(), name="hosts"),
    path("hosts/<str:name>", views.HostOne.as_view(), name="host"),
    path("hosts/<str:name>/usage", views.HostUsage.as_view(), name="host-usage"),
    path("hosts/<str:name>/cordon", views.HostCordon.as_view(), name="host-cordon"),
    path("hosts/<str:name>/uncordon", views.HostUncordon.as_view(), name="host-uncordon"),
]
