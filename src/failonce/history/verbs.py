"""Every meaningful write by name: what history records and what permission is asked for."""

from django.db.models import TextChoices


class Verb(TextChoices):
    """noun:verb, as in `failure:tell`; the label completes the sentence "Ada …"."""

    FAILURE_TELL = "failure:tell", "told this failure"
    FAILURE_EDIT = "failure:edit", "edited the telling"
    FAILURE_ADD = "failure:add", "added to the story"
    FAILURE_COMMENT = "failure:comment", "commented"
    FAILURE_WITHDRAW = "failure:withdraw", "withdrew this failure"
    FAILURE_IMPORT = "failure:import", "imported this failure"

    MODE_ANSWER = "mode:answer", "answered whether this is a repeat"
    MODE_OPEN = "mode:open", "opened this failure mode"
    MODE_NAME = "mode:name", "named this failure mode"
    MODE_LINK = "mode:link", "linked a failure"
    MODE_UNLINK = "mode:unlink", "unlinked a failure"
    MODE_MERGE = "mode:merge", "merged two failure modes"
    MODE_IMPORT = "mode:import", "imported this failure mode"

    RANKING_LEARN = "ranking:learn", "let answers teach how recall ranks"
    RANKING_RESTORE = "ranking:restore", "went back to the shipped ranking"

    LESSON_WRITE = "lesson:write", "wrote this lesson"
    LESSON_EDIT = "lesson:edit", "edited this lesson"
    LESSON_RENEW = "lesson:renew", "said this lesson is still true"
    LESSON_RETIRE = "lesson:retire", "retired this lesson"
    LESSON_IMPORT = "lesson:import", "imported this lesson"

    PREFLIGHT_RUN = "preflight:run", "asked before a change"
    PREFLIGHT_IMPORT = "preflight:import", "imported this preflight"
    REMINDER_ANSWER = "reminder:answer", "answered a reminder"

    SERVICE_NAME = "service:name", "named this service"
    SERVICE_DESCRIBE = "service:describe", "described this service"
    SERVICE_MERGE = "service:merge", "merged a service name"
    OFFERING_DESCRIBE = "offering:describe", "described this offering"
    AUDIENCE_DESCRIBE = "audience:describe", "described this audience"
    CATALOGUE_IMPORT = "catalogue:import", "imported the catalogue"

    PERSON_INVITE = "person:invite", "invited someone"
    PERSON_JOIN = "person:join", "joined"
    PERSON_EDIT = "person:edit", "changed an account"
    PERSON_ADDRESS = "person:address", "changed the address of an account"
    PERSON_APPOINT = "person:appoint", "changed the team or the duties of an account"
    PERSON_LINK = "person:link", "made a sign-in link"
    PERSON_IMPORT = "person:import", "came in with an import"
    PERSON_CLOSE = "person:close", "closed an account"
    INVITATION_WITHDRAW = "invitation:withdraw", "withdrew an invitation"
    TEAM_DESCRIBE = "team:describe", "described this team"
    PRACTICE_DESCRIBE = "practice:describe", "described this practice"
    TOKEN_ISSUE = "token:issue", "issued an API token"
    TOKEN_REVOKE = "token:revoke", "revoked an API token"

    INSTALLATION_EXPORT = "installation:export", "exported this installation"
