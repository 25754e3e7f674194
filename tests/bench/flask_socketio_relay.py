"""Frozen reference: a relay as Flask-SocketIO's documentation shows one; it checks nothing."""

from flask import Flask, session
from flask_socketio import SocketIO, emit, join_room, leave_room

app = Flask(__name__)
app.config["SECRET_KEY"] = "reference"
socketio = SocketIO(app, async_mode="gevent")


@app.get("/healthz")
def healthz():
    """The worker answers."""
    return "ok"


@socketio.on("join")
def join(message):
    """Take a seat in the room that the browser names."""
    session["room"] = message["room"]
    join_room(message["room"])
    emit("status", {"message": "joined"}, to=message["room"])


@socketio.on("signal")
def signal(message):
    """Pass a message on to everybody else in the room."""
    emit("signal", message, to=session["room"], include_self=False)


@socketio.on("disconnect")
def disconnect():
    """Tell the others."""
    if room := session.get("room"):
        leave_room(room)
        emit("status", {"message": "left"}, to=room)
