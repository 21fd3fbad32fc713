"""stub"""

from channels.generic.websocket import AsyncWebsocketConsumer


class LiveConsumer(AsyncWebsocketConsumer):
    pass


class NoSuchSocket(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.close(4404)
