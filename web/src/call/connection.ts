/** One RTCPeerConnection, made ready before it is needed: certificate, places for tracks, channel. */

/** What this side sends: its microphone, its camera and, while it shares, its screen. */
export interface Sending {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
}

export interface Receiving {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
}

/** Speech stays clear at 40 kbit/s, so that it fits a 64 kbit/s road with its headers. */
const AUDIO: RTCRtpEncodingParameters = { maxBitrate: 40_000, priority: "high", networkPriority: "high" };
const VIDEO: RTCRtpEncodingParameters = { maxBitrate: 1_500_000, maxFramerate: 30, scaleResolutionDownBy: 1 };
/** A quarter of the picture is a quarter of the wait for it, for a browser begins at 300 kbit/s. */
const FIRST_VIDEO: RTCRtpEncodingParameters = { ...VIDEO, scaleResolutionDownBy: 2 };

/** So long a connection that leads nowhere may stay. */
const CLOSING_MS = 500;

/** Only its id travels: sound and picture of one stream are kept in step by the receiver. */
const TOGETHER = new MediaStream();

let certificate: Promise<RTCCertificate> | null = null;

/** One certificate for this page load; its fingerprint goes into every safety code. */
export function ownCertificate(): Promise<RTCCertificate> {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  return (certificate ??= RTCPeerConnection.generateCertificate(kind as AlgorithmIdentifier));
}

export class Connection {
  readonly pc: RTCPeerConnection;
  readonly channel: RTCDataChannel;
  #audio: RTCRtpTransceiver | null = null;
  #video: RTCRtpTransceiver | null = null;
  #screen: RTCRtpTransceiver | null = null;
  #isToOffer = false;
  #offer: Promise<RTCSessionDescriptionInit> | null = null;
  #made: RTCSessionDescriptionInit | undefined;
  #isWhole = false;

  constructor(certificate: RTCCertificate, iceServers: RTCIceServer[]) {
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", certificates: [certificate], iceServers });
    this.channel = this.pc.createDataChannel("mooring", { negotiated: true, id: 0 });
    this.channel.addEventListener("close", () => this.#rest());
  }

  /** Places for both tracks, wanted or not, so that a camera switched on later needs no new offer. */
  prepareToOffer(sending: Sending): void {
    this.#isToOffer = true;
    const place: RTCRtpTransceiverInit = { direction: "sendrecv", streams: [TOGETHER] };
    this.#audio ??= this.pc.addTransceiver(sending.audio ?? "audio", { ...place, sendEncodings: [AUDIO] });
    this.#video ??= this.pc.addTransceiver(sending.video ?? "video", { ...place, sendEncodings: [FIRST_VIDEO] });
    if (sending.screen) this.share(sending.screen);
  }

  /** Made and not applied: roads are looked for when the relays of admission are known. */
  firstOffer(): Promise<RTCSessionDescriptionInit> {
    return (this.#offer ??= this.pc.createOffer().then((offer) => (this.#made = offer)));
  }

  /** They have that offer: looks for roads at once, before the page does anything else. */
  offered(): Promise<void> {
    return this.pc.setLocalDescription(this.#made);
  }

  get isPreparedToOffer(): boolean {
    return this.#isToOffer;
  }

  /** Our tracks find their places in the other side's offer by themselves, if they are there before it. */
  prepareToAnswer({ audio, video }: Sending): void {
    if (audio) this.#audio ??= this.#add(audio);
    if (video) this.#video ??= this.#add(video);
  }

  #add(track: MediaStreamTrack): RTCRtpTransceiver | null {
    const sender = this.pc.addTrack(track, TOGETHER);
    return this.pc.getTransceivers().find((place) => place.sender === sender) ?? null;
  }

  /** Takes up the places of the other side's offer that are still empty and puts our tracks into them. */
  async answerWith(sending: Sending): Promise<void> {
    const filled: Promise<void>[] = [];
    for (const place of this.pc.getTransceivers()) {
      const kind = place.receiver.track.kind;
      if (kind === "audio" && !this.#audio) filled.push(this.#fill((this.#audio = place), sending.audio));
      if (kind === "video" && !this.#video) filled.push(this.#fill((this.#video = place), sending.video));
    }
    await Promise.all(filled);
  }

  #fill(place: RTCRtpTransceiver, track: MediaStreamTrack | null): Promise<void> {
    place.direction = "sendrecv";
    place.sender.setStreams?.(TOGETHER);
    return place.sender.replaceTrack(track);
  }

  /** Limits of places that were made for no offer, set before it comes. */
  beginSmall(): Promise<void> {
    return this.#limit(FIRST_VIDEO);
  }

  /** Once, when the first picture is through; from then on the limits are the ladder's. */
  async sendWhole(): Promise<void> {
    if (this.#isWhole) return;
    this.#isWhole = true;
    await this.#limit(VIDEO);
  }

  async #limit(video: RTCRtpEncodingParameters): Promise<void> {
    if (this.pc.signalingState === "closed") return;
    for (const [place, wanted] of [[this.#video, video], [this.#audio, AUDIO]] as const) {
      const parameters = place?.sender.getParameters();
      const encoding = parameters?.encodings[0];
      if (!place || !parameters || !encoding) continue;
      Object.assign(encoding, wanted);
      await place.sender.setParameters(parameters);
    }
  }

  receiving(): Receiving {
    const screen = this.pc.getTransceivers().find(
      (place) => place !== this.#audio && place !== this.#video && place !== this.#screen
        && place.receiver.track.kind === "video",
    );
    return {
      audio: this.#audio?.receiver.track ?? null,
      video: this.#video?.receiver.track ?? null,
      screen: screen?.receiver.track ?? null,
    };
  }

  get videoSender(): RTCRtpSender | null {
    return this.#video?.sender ?? null;
  }

  async send(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    await (kind === "audio" ? this.#audio : this.#video)?.sender.replaceTrack(track);
  }

  /** The screen is a track of its own beside the face; asking for it makes a new offer once. */
  share(track: MediaStreamTrack | null): void {
    if (this.#screen) void this.#screen.sender.replaceTrack(track);
    else if (track) {
      const sendEncodings = [{ maxBitrate: 2_000_000, maxFramerate: 10 }];
      this.#screen = this.pc.addTransceiver(track, { direction: "sendonly", sendEncodings });
    }
  }

  /** Relays arrive with admission, before the first description, or fresh ones before a restart. */
  useIce(iceServers: RTCIceServer[]): void {
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  /** Nothing more is sent: a picture that nobody sees would be made beside the one that is awaited. */
  #rest(): void {
    for (const sender of this.pc.getSenders()) sender.replaceTrack(null).catch(() => undefined);
  }

  /** The other end has gone: a browser takes 30 ms to close, and somebody's new page is waiting. */
  closeSoon(): void {
    this.#rest();
    setTimeout(() => this.close(), CLOSING_MS);
  }

  close(): void {
    this.channel.close();
    this.pc.close();
  }
}
