"""Where people sign in and see to how they do. The names are those that Django and allauth look for."""

from django.contrib import admin
from django.urls import path

from accounts import views

urlpatterns = [
    # Instead of the pages of Django's admin at these addresses.
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("password_change/", admin.site.admin_view(views.PasswordChange.as_view())),
    path("login/code/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("password/", views.PasswordReset.as_view(), name="admin_password_reset"),
    path("password/sent/", views.PasswordResetDone.as_view(), name="password_reset_done"),
    path("password/<uidb64>/<token>/", views.PasswordResetConfirm.as_view(), name="password_reset_confirm"),
    path("password/set/", views.PasswordResetComplete.as_view(), name="password_reset_complete"),
    path("account/", views.account, name="mfa_index"),
    path("account/<int:pk>/", views.account, name="account"),
    path("account/confirm/", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/confirm/code/", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/second-factor/", views.SetUp.as_view(), name="mfa_activate_totp"),
    path("account/second-factor/remove/", views.Remove.as_view(), name="mfa_deactivate_totp"),
    path("account/codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/codes/download/", views.download_recovery_codes, name="mfa_download_recovery_codes"),
]
