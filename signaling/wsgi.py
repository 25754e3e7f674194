"""What gunicorn loads."""

from config.logging import configure
from config.settings import SignalingSettings
from signaling.app import create_app

_settings = SignalingSettings.load()
configure(_settings.log_level, process="signaling")
app = create_app(_settings)
