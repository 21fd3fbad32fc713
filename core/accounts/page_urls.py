"""Login and logout for people who look at the API with a browser, under the names its pages link to."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from core.accounts.login_forms import PageLoginForm

app_name = "rest_framework"
urlpatterns = [
    path(
        "login",
        LoginView.as_view(
            template_name="accounts/api_login.html",
            authentication_form=PageLoginForm,
            next_page="/api/v1/me",
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("logout", LogoutView.as_view(next_page="/api/v1/page/login"), name="logout"),
]
