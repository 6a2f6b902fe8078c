"""The addresses of this room's pages."""

from django.urls import path

from failonce.people import signing_in, views

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/<str:key>/", signing_in.sign_in_link, name="sign_in_link"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("join/<str:secret>/", signing_in.join, name="join"),
    path("password/forgotten/", signing_in.password_forgotten, name="password_forgotten"),
    path("password/sent/", signing_in.password_sent, name="password_sent"),
    path("password/new/<uidb64>/<token>/", signing_in.password_new, name="password_new"),
    path("account/", views.me, name="me"),
    path("account/password/", signing_in.password_change, name="password_change"),
    path("account/address/", views.address_change, name="address_change"),
    path("account/address/<str:key>/", views.address_confirm, name="address_confirm"),
    path("account/tokens/", views.token_list, name="token_list"),
    path("account/tokens/<int:number>/revoke/", views.token_revoke, name="token_revoke"),
    path("people/", views.person_list, name="person_list"),
    path("people/invite/", views.person_invite, name="person_invite"),
    path("people/invitations/<int:number>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("people/who-may/", views.who_may, name="who_may"),
    path("people/<int:number>/", views.person, name="person"),
    path("people/<int:number>/close/", views.person_close, name="person_close"),
    path("teams/", views.team_list, name="team_list"),
    path("teams/<slug:slug>/", views.team, name="team"),
    path("practices/", views.practice_list, name="practice_list"),
    path("practices/<slug:slug>/", views.practice, name="practice"),
]
