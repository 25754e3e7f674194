// Frozen reference ("ref-ws-warm"): camera and connection are ready before anybody is admitted.
const asked = new URLSearchParams(location.search);
const socket = new WebSocket(`ws://${location.host}/ws?${asked}`);
const opened = new Promise((resolve) => { socket.onopen = resolve; });
const [remote, self] = ["[data-remote]", "[data-self]"].map((name) => document.querySelector(name));
const send = (message) => socket.send(JSON.stringify(message));
const state = (name) => { document.documentElement.dataset.call = name; };
const iceServers = JSON.parse(asked.get("ice") ?? "[]");
let camera = null;
let pc = null;
let held = [];

function connection() {
  held = [];
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers });
  for (const track of camera.getTracks()) pc.addTrack(track, camera);
  pc.onicecandidate = ({ candidate }) => { if (candidate) send({ type: "candidate", candidate }); };
  pc.ontrack = ({ streams }) => { if (remote.srcObject !== streams[0]) remote.srcObject = streams[0]; };
  pc.onconnectionstatechange = () => { if (pc.connectionState === "connected") state("connected"); };
}

async function describe(description) {
  await pc.setLocalDescription(description);
  send({ type: "describe", description: pc.localDescription });
}

async function hear(message) {
  if (message.type === "admitted") {
    state("connecting");
    if (message.offer) await describe();
  } else if (message.type === "again") {
    pc.onicecandidate = null;
    pc.close();
    connection();
  } else if (message.type === "describe") {
    await pc.setRemoteDescription(message.description);
    for (const candidate of held.splice(0)) await pc.addIceCandidate(candidate);
    if (message.description.type === "offer") await describe();
  } else if (message.type === "candidate") {
    if (pc.remoteDescription) await pc.addIceCandidate(message.candidate);
    else held.push(message.candidate);
  }
}

let turn = navigator.mediaDevices.getUserMedia({
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 }, facingMode: "user" },
}).then((stream) => {
  camera = self.srcObject = stream;
  connection();
});
socket.onmessage = ({ data }) => { turn = turn.then(() => hear(JSON.parse(data))).catch(console.warn); };
Promise.all([turn, opened]).then(() => state(document.documentElement.dataset.call === "idle" ? "waiting" : "connecting"));
document.querySelector("[data-action=admit]").onclick = () => send({ type: "admit" });
