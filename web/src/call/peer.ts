/** Talks with one other person's browser: perfect negotiation, restart, and rebuilding from nothing. */
import { Connection, type Receiving, type Sending } from "./connection";
import { Talk, type ChannelMessage } from "./channel";
import { Batch, firstCandidates } from "./gathering";
import type { Candidate, Description } from "./protocol";
import { sessionOf } from "./sdp";
import type { Link } from "./state";

export interface PeerListener {
  describe(description: Description): void;
  candidates(candidates: Candidate[]): void;
  link(link: Link): void;
  media(media: Receiving): void;
  opened(): void;
  heard(message: ChannelMessage): void;
}

/** How a peer gets its connection: the one prepared while waiting, or a new one. */
export type NewConnection = () => Connection;

/** An offer without an answer for this long was lost with somebody's socket. */
const ANSWER_MS = 3_000;
/** Limits of what is sent are set when the first picture is through; a browser starts far below them. */
const TUNE_MS = 500;

export class Peer {
  connection: Connection;
  talk!: Talk;
  #batch: Batch;
  #started = false;
  #making = false;
  #session = "";
  #staleSession = "";
  #held: Candidate[] = [];
  #turn: Promise<void> = Promise.resolve();
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    first: Connection,
    private readonly fresh: NewConnection,
    private readonly polite: boolean,
    private readonly sending: () => Sending,
    private readonly listener: PeerListener,
  ) {
    this.#batch = new Batch((candidates) => this.listener.candidates(candidates));
    this.connection = first;
    this.#wire(first);
  }

  get pc(): RTCPeerConnection {
    return this.connection.pc;
  }

  get isStarted(): boolean {
    return this.#started;
  }

  get isConnecting(): boolean {
    return this.pc.connectionState === "new" || this.pc.connectionState === "connecting";
  }

  /** The one who came last offers to everybody who was there; resolves when the offer has left. */
  offer(): Promise<void> {
    if (!this.connection.isPreparedToOffer) this.connection.prepareToOffer(this.sending());
    this.#started = true;
    return this.#negotiate();
  }

  /** The offer made while waiting is with them already; what is left is to look for roads. */
  offered(): void {
    const { connection } = this;
    this.#started = true;
    this.#batch.hurry();
    const applied = connection.offered();
    this.#inTurn(async () => {
      await applied;
      if (connection === this.connection) this.#awaitAnswer();
    });
  }

  /** New roads for the same connection; needs fresh TURN credentials set before. */
  restart(): void {
    if (!this.#started) return;
    this.pc.restartIce();
    // An offer of before the trouble names roads that are gone; while it is open nothing asks for a new one.
    if (this.pc.signalingState === "have-local-offer" && !this.#making) void this.#negotiate();
  }

  /** Gives this connection up and offers a new one; the other side sees another session and follows. */
  rebuild(): void {
    this.#replace();
    void this.offer();
  }

  /** A description that may have been lost with a socket goes out again; it changes nothing twice. */
  resend(): void {
    if (this.pc.signalingState === "have-local-offer" && !this.#making) this.#sendDescription();
  }

  relayed(description: Description): void {
    this.#inTurn(() => this.#hear(description));
  }

  relayedCandidates(candidates: Candidate[]): void {
    this.#inTurn(() => this.#take(candidates));
  }

  close(): void {
    this.#closed = true;
    this.#unwire();
    this.connection.close();
  }

  /** Their page has gone, and its end of the connection with it. */
  abandon(): void {
    this.#closed = true;
    this.#unwire();
    this.connection.closeSoon();
  }

  #inTurn(work: () => Promise<void>): void {
    // One message at a time; one that fails (a stranger's broken SDP) must not stop those after it.
    this.#turn = this.#turn.then(() => (this.#closed ? undefined : work())).catch((failure: unknown) => {
      console.warn("signaling message had no effect:", failure instanceof Error ? failure.name : "unknown");
    });
  }

  #wire(connection: Connection): void {
    const { pc } = connection;
    const current = (act: () => void) => () => { if (connection === this.connection && !this.#closed) act(); };
    this.talk = new Talk(
      connection.channel,
      current(() => this.listener.opened()),
      (message) => current(() => this.listener.heard(message))(),
    );
    pc.onicecandidate = (event) => { if (event.candidate) this.#batch.add(event.candidate); };
    pc.onnegotiationneeded = current(() => { if (this.#started && !this.#making) void this.#negotiate(); });
    pc.onconnectionstatechange = current(() => {
      const state = pc.connectionState;
      if (state === "connected") {
        this.listener.link("connected");
        setTimeout(() => void connection.sendWhole(), TUNE_MS);
      }
      if (state === "disconnected" || state === "failed") this.listener.link("lost");
    });
  }

  #unwire(): void {
    clearTimeout(this.#again);
    this.#batch.drop();
    const { pc } = this.connection;
    pc.onicecandidate = pc.onnegotiationneeded = pc.onconnectionstatechange = null;
  }

  #replace(): void {
    this.#unwire();
    this.connection.closeSoon();
    if (this.#session) this.#staleSession = this.#session;
    this.#session = "";
    this.#held = [];
    this.#started = this.#making = false;
    this.connection = this.fresh();
    this.#wire(this.connection);
  }

  async #negotiate(): Promise<void> {
    const { connection, pc } = this;
    this.#making = true;
    try {
      const gathered = firstCandidates(pc);
      await pc.setLocalDescription();
      await gathered;
    } finally {
      if (connection === this.connection) this.#making = false;
    }
    if (connection === this.connection && pc.signalingState === "have-local-offer") this.#sendDescription();
  }

  #sendDescription(): void {
    const description = this.pc.localDescription;
    if (!description || (description.type !== "offer" && description.type !== "answer")) return;
    this.#batch.drop();
    this.listener.describe({ type: description.type, sdp: description.sdp });
    if (description.type === "offer") this.#awaitAnswer();
    else clearTimeout(this.#again);
  }

  #awaitAnswer(): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.resend(), ANSWER_MS);
  }

  async #hear(description: Description): Promise<void> {
    const session = sessionOf(description.sdp);
    if (session === this.#staleSession) return;
    if (description.type === "answer") {
      if (this.pc.signalingState !== "have-local-offer") return;
      await this.pc.setRemoteDescription(description);
      return this.#settled(session);
    }
    const rebuilt = this.#session !== "" && session !== this.#session;
    const crossed = this.#making || this.pc.signalingState !== "stable";
    if (crossed && !rebuilt && !this.polite) return;
    // First offers that cross: the polite side starts over, for its own places fit no foreign offer.
    if (rebuilt || (this.#session === "" && this.connection.isPreparedToOffer)) this.#replace();
    this.#started = true;
    const { connection, pc } = this;
    if (this.#session === "") connection.prepareToAnswer(this.sending());
    await pc.setRemoteDescription(description);
    await connection.answerWith(this.sending());
    if (connection !== this.connection) return;
    await pc.setLocalDescription();
    if (connection !== this.connection || this.#closed) return;
    this.#sendDescription();
    this.#batch.hurry();
    await this.#settled(session);
  }

  async #settled(session: string): Promise<void> {
    this.#session = session;
    this.listener.media(this.connection.receiving());
    await this.#take(this.#held.splice(0));
  }

  async #take(candidates: Candidate[]): Promise<void> {
    if (!this.pc.remoteDescription) {
      this.#held.push(...candidates);
      return;
    }
    for (const candidate of candidates) {
      // A candidate of a description we did not take (a crossed offer) is refused by the browser.
      await this.pc.addIceCandidate(candidate).catch(() => undefined);
    }
  }
}
