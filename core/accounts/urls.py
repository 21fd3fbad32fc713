"""The routes of accounts under /api/v1/."""

from django.urls import path

from core.accounts import views

urlpatterns = [
    path("me", views.Me.as_view(), name="me"),
    path("login", views.Login.as_view(), name="login"),
    path("logout", views.Logout.as_view(), name="logout"),
    path("first-admin", views.FirstAdmin.as_view(), name="first-admin"),
    path("tokens", views.Tokens.as_view(), name="tokens"),
    path("tokens/<int:token_id>", views.TokenOne.as_view(), name="token"),
    path("projects", views.Projects.as_view(), name="projects"),
    path("projects/<slug:project>/members", views.Members.as_view(), name="members"),
    path("projects/<slug:project>/members/<str:username>", views.MemberOne.as_view(), name="member"),
]
