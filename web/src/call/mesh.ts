/** Everybody this browser talks to: one connection for each, one prepared for whoever comes next. */
import { Connection, ownCertificate, type Receiving, type Sending } from "./connection";
import type { ChannelMessage } from "./channel";
import { Peer } from "./peer";
import type { Description, FromBrowser, Relayed } from "./protocol";
import type { Link } from "./state";

/** What goes to one other browser. */
export type Addressed = Extract<FromBrowser, { to: string }>;

export interface MeshListener {
  send(message: Addressed): void;
  link(peer: string, link: Link): void;
  prepared(media: Receiving): void;
  media(peer: string, media: Receiving): void;
  opened(peer: string): void;
  heard(peer: string, message: ChannelMessage): void;
}

export class Mesh {
  readonly peers = new Map<string, Peer>();
  readonly sending: Sending = { audio: null, video: null, screen: null };
  #ice: RTCIceServer[] = [];
  #spare: Connection | null = null;

  private constructor(
    private readonly certificate: RTCCertificate,
    private readonly epoch: () => number,
    private readonly listener: MeshListener,
  ) {}

  static async open(epoch: () => number, listener: MeshListener): Promise<Mesh> {
    return new Mesh(await ownCertificate(), epoch, listener);
  }

  /** While waiting: everything up to the first description. */
  prepareToOffer(): void {
    this.#spare ??= this.#connect();
    if (this.#spare.isPreparedToOffer) return;
    this.#spare.prepareToOffer(this.sending);
    void this.#spare.firstOffer();
    this.listener.prepared(this.#spare.receiving());
  }

  /** Whoever was here first is offered to, and has no more than its tracks ready. */
  prepareToAnswer(): void {
    if (this.#spare?.isPreparedToOffer) {
      this.#spare.close();
      this.#spare = null;
    }
    this.#spare ??= this.#connect();
    this.#spare.prepareToAnswer(this.sending);
    void this.#spare.beginSmall();
    this.listener.prepared(this.#spare.receiving());
  }

  /** What the prepared connection would offer; it travels with the ticket, and is handed on at admission. */
  async firstOffer(): Promise<Description | null> {
    const offer = this.#spare?.isPreparedToOffer ? await this.#spare.firstOffer() : null;
    return offer?.sdp ? { type: "offer", sdp: offer.sdp } : null;
  }

  /** The server has handed that offer to this one. */
  offered(self: string, id: string): void {
    if (this.#spare?.isPreparedToOffer) this.#peer(self, id).offered();
  }

  useIce(servers: RTCIceServer[]): void {
    this.#ice = servers;
    this.#spare?.useIce(servers);
    for (const peer of this.peers.values()) peer.connection.useIce(servers);
  }

  /** Offers to those the server names, once: a roster comes again before the first offer has passed. */
  async offer(self: string, peers: string[]): Promise<void> {
    const strangers = peers.map((id) => this.#peer(self, id)).filter((peer) => !peer.isStarted);
    await Promise.all(strangers.map((peer) => peer.offer()));
  }

  relayed(self: string, { sender, message }: Relayed): void {
    const peer = this.#peer(self, sender);
    if (message.type === "describe") peer.relayed(message.description);
    else peer.relayedCandidates(message.candidates);
  }

  get isConnecting(): boolean {
    return [...this.peers.values()].some((peer) => peer.isConnecting);
  }

  drop(id: string): void {
    this.peers.get(id)?.close();
    this.peers.delete(id);
  }

  /** They are here with a new page. */
  abandon(id: string): void {
    this.peers.get(id)?.abandon();
    this.peers.delete(id);
  }

  /** Another camera or microphone, or none; no new offer is needed. */
  async send(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    if (this.sending[kind] === track) return;
    this.sending[kind] = track;
    const connections = [...this.peers.values()].map((peer) => peer.connection);
    if (this.#spare) connections.push(this.#spare);
    await Promise.all(connections.map((connection) => connection.send(kind, track)));
  }

  share(track: MediaStreamTrack | null): void {
    this.sending.screen = track;
    for (const peer of this.peers.values()) peer.connection.share(track);
  }

  say(message: ChannelMessage): number {
    return [...this.peers.values()].filter((peer) => peer.talk.say(message)).length;
  }

  /** After signaling came back: descriptions that were on their way may be lost. */
  reattached(): void {
    for (const peer of this.peers.values()) peer.resend();
  }

  close(): void {
    for (const id of [...this.peers.keys()]) this.drop(id);
    this.#spare?.close();
    this.#spare = null;
  }

  #connect(): Connection {
    return new Connection(this.certificate, this.#ice);
  }

  #peer(self: string, id: string): Peer {
    const known = this.peers.get(id);
    if (known) return known;
    const first = this.#spare ?? this.#connect();
    this.#spare = null;
    const peer = new Peer(first, () => this.#connect(), self < id, () => this.sending, {
      describe: (description) =>
        this.listener.send({ type: "describe", to: id, description, epoch: this.epoch() }),
      candidates: (candidates) =>
        this.listener.send({ type: "candidates", to: id, candidates, epoch: this.epoch() }),
      link: (link) => this.listener.link(id, link),
      media: (media) => this.listener.media(id, media),
      opened: () => this.listener.opened(id),
      heard: (message) => this.listener.heard(id, message),
    });
    this.peers.set(id, peer);
    return peer;
  }
}
