/** The visit's call on this page: joins session, mesh and state, and obeys web in everything. */
import type { DeviceStage } from "../devices/types";
import { aloud } from "./announce";
import type { ChannelMessage } from "./channel";
import type { Receiving } from "./connection";
import { Mesh } from "./mesh";
import { orders, overBy } from "./obey";
import { OwnSide } from "./own_side";
import { OwnStatePoll } from "./own_state";
import type { CallPage } from "./page";
import type { PeerState, Roster, ToBrowser } from "./protocol";
import { Seated } from "./seated";
import { Session } from "./session";
import { newCall, openStore, type Call, type Link, type Over, type Stage, type Store } from "./state";
import { PAGE_ID, rememberInCall, type InCall } from "./tab";
import { Watch } from "./watch";
import { fetchState, tell, type OwnState, type Refused } from "./web";
import { ended } from "./words";

export interface CallListener {
  /** What somebody who is still to come will be seen and heard by. */
  prepared(media: Receiving): void;
  media(peer: string, media: Receiving): void;
  opened(peer: string): void;
  heard(peer: string, message: ChannelMessage): void;
  ownState(state: OwnState): void;
  seatTaken(): void;
}

/** Web's answer and signaling's message about one admission may cross; give them this long. */
const CROSSING_MS = 700;
/** While a connection is being made, nothing else is asked for on the same road. */
const CONNECTING_MS = 800;
const MOVED: Over = { kind: "moved", words: "", next: "" };

export class VisitCall {
  readonly store: Store;
  readonly poll: OwnStatePoll;
  readonly own: OwnSide;
  mesh: Mesh | null = null;
  #session: Session;
  #watch: Watch | null = null;
  #life = 0;
  #self: string;
  #epoch = 0;
  #ice: RTCIceServer[] = [];
  #seated = new Seated((message) => void this.#session.send(message), (peer) => this.#letGo(peer));
  #stagedAt = 0;
  #asking: ReturnType<typeof setTimeout> | undefined;
  #opening: Promise<void> = Promise.resolve();
  #messages: Promise<void> = Promise.resolve();

  constructor(readonly page: CallPage, readonly stage: DeviceStage, private readonly listener: CallListener) {
    this.#self = page.self;
    this.store = openStore(newCall(page.names));
    // Before this page holds the seat it asks for the person, not for the page: else every fresh page has "moved".
    const asked = (): Promise<OwnState> => fetchState(page.urls, this.#session.place ? PAGE_ID : "");
    this.poll = new OwnStatePoll(asked, (state) => this.#obey(state), (refusal) => this.#refused(refusal));
    this.#session = new Session(page, {
      ticket: (answer) => {
        this.#self = answer.peer;
        if (answer.ice_servers) this.#useIce(answer.ice_servers);
      },
      offer: () => this.#opening.then(() => this.mesh?.firstOffer() ?? null).catch(() => null),
      message: (message) => this.#inOrder(() => this.#heard(message)),
      down: () => this.#signalingIs(false),
      stopped: (refusal) => this.#refused(refusal),
    });
    const say = (state: PeerState): boolean => this.#session.send({ type: "state", ...state });
    this.own = new OwnSide(stage, this.store, () => this.mesh, say);
    const kept = ({ intent, over, micOn, cameraOn }: Call): InCall | null =>
      intent === "in" && !over ? { visit: page.visit, micOn, cameraOn } : null;
    this.store.watch((call, before) => {
      const now = kept(call);
      if (now && JSON.stringify(now) !== JSON.stringify(kept(before))) rememberInCall(now);
    });
  }

  join(how: { resumed: boolean; move: boolean }): void {
    if (this.store.call.intent === "in" && !this.store.call.over) return;
    this.#life++;
    this.#messages = this.#opening = this.#openMesh(this.#life);
    this.store.send({ type: "joined", resumed: how.resumed });
    this.poll.start();
    void this.#session.open(how.move);
  }

  /** The person at this page has just decided to let somebody in: be ready when web has decided. */
  expect(peer: string): void {
    if (!this.mesh || this.mesh.peers.has(peer) || !this.#session.send({ type: "expect", peer })) return;
    this.#seated.expect(peer);
  }

  /** Web has decided otherwise. */
  unexpect(peer: string): void {
    this.#seated.threshold.unexpect(peer);
  }

  get place(): string { return this.#session.place?.room ?? ""; }
  /** Leaving is not ending: the visit stays open and one tap brings back (row 11 of the asks). */
  leave(): void {
    this.mesh?.say({ t: "bye" });
    this.#session.send({ type: "bye" });
    tell(this.page.urls.leave, {});
    this.#stop();
    this.store.send({ type: "left" });
  }

  async #openMesh(life: number): Promise<void> {
    const mesh = await Mesh.open(() => this.#epoch, {
      send: (message) => this.#seated.threshold.say(message),
      link: (peer, link) => this.#linked(peer, link),
      prepared: (media) => this.listener.prepared(media),
      media: (peer, media) => this.listener.media(peer, media),
      opened: (peer) => {
        if (this.store.call.sharing) mesh.peers.get(peer)?.talk.say({ t: "sharing", on: true });
        this.listener.opened(peer);
      },
      heard: (peer, message) => {
        if (message.t === "bye") this.#gone(peer);
        else if (message.t === "sharing") this.store.send({ type: "peer-sharing", peer, on: message.on });
        else this.listener.heard(peer, message);
      },
    });
    if (life !== this.#life) return mesh.close();
    this.mesh = mesh;
    mesh.useIce(this.#ice);
    await this.own.sendTracks();
    mesh.prepareToOffer();
    this.#watch = new Watch(mesh, { reopen: () => this.#session.reopen() }, this.store);
    this.#watch.start();
  }

  /** Messages wait until the certificate is there, which takes milliseconds, and keep their order. */
  #inOrder(work: () => void | Promise<void>): void {
    const life = this.#life;
    this.#messages = this.#messages
      .then(() => (life === this.#life ? work() : undefined))
      // One message that fails must not silence all that follow.
      .catch((failure: unknown) => console.error("signaling message:", failure));
  }

  #heard(message: ToBrowser): void | Promise<void> {
    switch (message.type) {
      case "welcome":
        this.#self = message.self;
        this.#epoch = message.epoch;
        this.#staged(message.stage === "waiting" ? "waiting" : "admitted");
        this.#signalingIs(true);
        this.own.tellAgain();
        return this.mesh?.reattached();
      case "admitted":
        return this.#useIce(message.ice_servers); // the roster that follows says the rest
      case "roster":
        return this.#seat(message);
      case "relayed":
        return this.mesh?.relayed(this.#self, message);
      case "moved":
        return this.#end(MOVED);
      case "ended":
        this.#end({ kind: message.code === "removed" ? "removed" : "ended", ...ended(message.code) });
        return void this.poll.now().then((state) => { if (state) this.#obey(state); });
      case "changed":
        return this.#ask();
      case "refused":
        if (message.code === "not-admitted") void this.poll.now();
        if (message.code === "too-fast") this.own.tellLater();
    }
  }

  #useIce(servers: RTCIceServer[]): void {
    this.#ice = servers;
    this.mesh?.useIce(servers);
  }

  /** The socket is there to tell what matters at once; the rest of our state can wait for the picture. */
  #ask(): void {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.poll.now(), this.mesh?.isConnecting ? CONNECTING_MS : 0);
  }

  #staged(stage: Stage): void {
    if (stage === "waiting" && this.store.call.stage !== stage) {
      this.#closePeers();
      this.mesh?.prepareToOffer();
    }
    this.#noteStage(stage);
    this.store.send({ type: "staged", stage });
  }

  #noteStage(stage: Stage): void {
    if (this.store.call.stage !== stage) this.#stagedAt = performance.now();
  }

  #seat(roster: Roster): void {
    const { mesh, store } = this;
    if (!mesh) return;
    const { peers, offer_to: offerTo, offered } = roster;
    const { kept, crossed } = this.#seated.take(roster, store.call, mesh);
    const people = peers.map(({ state: { muted, camera, hidden }, ...seat }) => ({ ...seat, muted, camera, hidden }));
    // What the others wait for goes first.
    if (offered) mesh.offered(this.#self, offered);
    mesh.offer(this.#self, offerTo).catch((failure: unknown) => console.error("offer:", failure));
    const isAlone = peers.length === 0 && kept.length === 0;
    // Somebody whose socket is gone comes back with a page that offers, more often than not.
    if (isAlone || peers.some((each) => !each.here)) mesh.prepareToAnswer();
    this.#noteStage("admitted");
    store.send({ type: "roster", people, kept });
    const answered = crossed === null ? null : mesh.peers.get(crossed);
    if (crossed !== null && answered) this.listener.media(crossed, answered.connection.receiving());
    if (kept.length > 0 || peers.some((each) => !(each.peer in store.call.names))) this.#ask();
  }

  #linked(peer: string, link: Link): void {
    this.store.send({ type: "link", peer, link });
    if (link === "lost" && !this.#seated.here.has(peer)) void this.poll.now();
  }

  #letGo(peer: string): void {
    this.mesh?.drop(peer);
    if (this.mesh?.peers.size === 0) this.mesh.prepareToAnswer();
  }

  #gone(peer: string): void {
    this.mesh?.drop(peer);
    this.store.send({ type: "gone", peer });
  }

  #obey(state: OwnState): void {
    const names = (state.people ?? []).map(({ peer, name }) => [peer, name] as const);
    if (names.length > 0) this.store.send({ type: "named", names: Object.fromEntries(names) });
    this.listener.ownState(state);
    const { over, gone, stage } = orders(state, this.store.call, this.#seated.here, this.#session.place !== null);
    if (over) return this.#end(over);
    for (const peer of gone) this.#gone(peer);
    if (stage) this.#settleStage(stage);
    const place = this.#session.place;
    if (place && state.epoch !== undefined && state.epoch > place.epoch) this.#session.renew();
  }

  /** Web and signaling disagree about our stage; if that lasts while we are in, web's word is taken and a ticket fetched. */
  #settleStage(stage: Stage): void {
    const asOf = this.#stagedAt;
    const life = this.#life;
    if (performance.now() - asOf < CROSSING_MS) return void setTimeout(() => void this.poll.now(), CROSSING_MS);
    setTimeout(() => {
      if (life !== this.#life || this.#stagedAt !== asOf || this.store.call.stage === stage) return;
      if (stage === "waiting") this.#staged("waiting");
      this.#session.renew();
    }, CROSSING_MS);
  }

  #signalingIs(up: boolean): void {
    this.poll.socketUp = up;
    this.store.send({ type: "signaling", up });
  }

  #refused(refusal: Refused): void {
    const { call } = this.store;
    if (call.intent !== "in" || call.over) return;
    if (refusal.code === "seat-taken") {
      this.#end(MOVED);
      return this.listener.seatTaken();
    }
    this.#end(overBy(refusal));
  }

  #end(over: Over): void {
    const before = this.store.call.over;
    if (before?.kind === over.kind && before.words === over.words) return;
    this.#stop();
    this.store.send({ type: "over", over });
    aloud(over.words);
  }

  #closePeers(): void {
    for (const peer of [...(this.mesh?.peers.keys() ?? [])]) this.mesh?.drop(peer);
    this.#seated.clear();
  }

  #stop(): void {
    this.#life++;
    this.#watch?.stop();
    clearTimeout(this.#asking);
    // Staff see who waits also while they are outside.
    if (this.page.side === "patient") this.poll.stop();
    this.#session.close();
    this.mesh?.close();
    this.mesh = null;
    this.#seated.clear();
    this.stage.stop();
    rememberInCall(null);
  }
}
