"""The client that asks a server: every command as a request."""

from synth.cli.remote.administration import Administration
from synth.cli.remote.answers import Answers
from synth.cli.remote.delivery import Delivery
from synth.cli.remote.feedback import Feedback
from synth.cli.remote.research import Research
from synth.cli.remote.themes import Themes


class RemoteClient(Feedback, Themes, Answers, Research, Delivery, Administration):
    """Every command as requests to the server at `url`."""
