"""The routes of the scheduler under /api/v1/."""

from django.urls import path

from scheduler import views

urlpatterns = [
    path(
        "projects/<slug:project>/containers/<uuid:container>/decision",
        views.ContainerDecision.as_view(),
        name="container-decision",
    ),
    path("hosts/<str:name>/drain", views.HostDrain.as_view(), name="host-drain"),
    path("platform", views.Platform.as_view(), name="platform"),
    path("loops", views.Loops.as_view(), name="loops"),
    path("loops/<str:name>", views.LoopRuns.as_view(), name="loop"),
]
