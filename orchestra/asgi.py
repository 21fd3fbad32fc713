"""The ASGI application: HTTP to Django, /ws/live to the live consumer, every other websocket is refused.

`manage.py web` runs it; any other ASGI server can.
"""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path, re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestra.settings")
http = get_asgi_application()

from orchestra.realtime.consumers import LiveConsumer, NoSuchSocket  # noqa: E402 - only after Django is set up

websocket = URLRouter([path("ws/live", LiveConsumer.as_asgi()), re_path(r"", NoSuchSocket.as_asgi())])

application = ProtocolTypeRouter({"http": http, "websocket": websocket})
