"""What gunicorn loads."""

from config.settings import SignalingSettings
from signaling.app import create_app

app = create_app(SignalingSettings.load())
