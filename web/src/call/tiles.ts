/** The faces: one figure for each person, one more for a shared screen; they play or say why not. */
import type { Receiving } from "./connection";
import { all, one } from "./page";
import type { Call, Person } from "./state";
import { nameOf } from "./words";

export class Tiles {
  #place = one("[data-people]");
  #template = one<HTMLTemplateElement>("template[data-tile]");
  #media = new Map<string, Receiving>();
  #speaker = "";
  #ready: { tile: HTMLElement; media: Receiving } | null = null;
  /** Somebody's first picture has come. */
  onPicture: () => void = () => undefined;

  /** A figure that awaits what a prepared connection will bring: a player takes a browser 20 ms to make. */
  prepare(media: Receiving): void {
    this.#letGo();
    if (one("figure", this.#place ?? document)) return; // it is for whoever comes back
    // Before the first tap a browser would refuse it its sound; when they come, our own camera is on, and it does not.
    if (!(navigator.userActivation as UserActivation | undefined)?.hasBeenActive) return;
    const tile = this.#make();
    if (!tile || !media.audio || !media.video) return;
    this.#play(tile, [media.audio, media.video]);
    this.#ready = { tile, media };
  }

  /**
   * Fresh tracks of a person: of a new connection, or of the screen they began to share.
   * A new face plays unseen until the page is drawn: it is black before its first picture.
   */
  media(peer: string, media: Receiving, person: Person | undefined): void {
    this.#media.set(peer, media);
    const face = this.#figure(peer, false);
    if (face) this.#play(face, [media.audio, media.video]);
    else if (person) this.#add(person, false)?.toggleAttribute("hidden", true);
    const screen = this.#figure(peer, true);
    if (screen) this.#play(screen, [media.screen]);
  }

  show(call: Call): void {
    const people = Object.values(call.people).sort(byPlace);
    for (const figure of all("figure[data-peer]", this.#place ?? document)) {
      const person = call.people[figure.dataset.peer ?? ""];
      const isWanted = person && (!figure.hasAttribute("data-share") || person.sharing);
      if (!isWanted) this.#remove(figure);
      if (!person) this.#media.delete(figure.dataset.peer ?? "");
    }
    for (const person of people) {
      this.#showFace(person, nameOf(call, person));
      if (person.sharing) this.#showScreen(person, nameOf(call, person));
    }
  }

  /** Somebody's camera is on, and nothing is to be seen yet of the page they are on. */
  isFaceAwaited({ people }: Call): boolean {
    return Object.values(people).some(({ peer, camera, link }) => {
      const face = this.#figure(peer, false);
      const video = face && one<HTMLVideoElement>("video", face);
      return camera && !(link !== "new" && video && video.readyState >= video.HAVE_CURRENT_DATA);
    });
  }

  /** The chosen speaker, where the browser lets a page choose. */
  useSpeaker(deviceId: string): void {
    this.#speaker = deviceId;
    for (const video of this.#videos()) void video.setSinkId?.(deviceId).catch(() => undefined);
  }

  /** After a tap everything may sound. */
  async hear(): Promise<void> {
    for (const video of this.#videos()) {
      video.muted = false;
      await video.play().catch(() => undefined);
    }
    showTapToHear(false);
  }

  #showFace(person: Person, name: string): void {
    const figure = this.#figure(person.peer, false) ?? this.#add(person, false);
    if (!figure) return;
    figure.hidden = false;
    figure.toggleAttribute("data-pinned", person.role === "interpreter");
    figure.dataset.camera = person.camera ? "on" : "off";
    figure.dataset.link = person.link;
    caption(figure, person.muted ? `${name}, muted` : name);
  }

  #showScreen(person: Person, name: string): void {
    const figure = this.#figure(person.peer, true) ?? this.#add(person, true);
    if (figure) caption(figure, `Screen of ${name}`);
  }

  #make(): HTMLElement | null {
    const figure = this.#template?.content.cloneNode(true) as DocumentFragment | undefined;
    const tile = figure && one<HTMLElement>("figure", figure);
    const video = tile && one<HTMLVideoElement>("video", tile);
    if (!tile || !video) return null;
    video.addEventListener("loadeddata", () => this.onPicture());
    video.addEventListener("resize", () => {
      tile.dataset.shape = video.videoHeight > video.videoWidth ? "tall" : "wide";
    });
    return tile;
  }

  /** The figure made ready, if it is for these tracks. */
  #taken(media: Receiving | undefined): HTMLElement | null {
    const ready = this.#ready;
    if (!ready || !media || ready.media.audio !== media.audio || ready.media.video !== media.video) return null;
    this.#ready = null;
    return ready.tile;
  }

  #letGo(): void {
    const video = this.#ready && one<HTMLVideoElement>("video", this.#ready.tile);
    if (video) video.srcObject = null;
    this.#ready = null;
  }

  #add(person: Person, isScreen: boolean): HTMLElement | null {
    const media = this.#media.get(person.peer);
    const tile = (isScreen ? null : this.#taken(media)) ?? this.#make();
    if (!tile || !this.#place) return null;
    tile.dataset.peer = person.peer;
    tile.dataset.role = person.role;
    tile.toggleAttribute("data-share", isScreen);
    // A person whose hands or voice carry the words of another comes first and stays first.
    if (person.role === "interpreter" && !isScreen) this.#place.prepend(tile);
    else this.#place.append(tile);
    if (media) this.#play(tile, isScreen ? [media.screen] : [media.audio, media.video]);
    return tile;
  }

  #remove(figure: HTMLElement): void {
    const video = one<HTMLVideoElement>("video", figure);
    if (video) video.srcObject = null;
    figure.remove();
  }

  #figure(peer: string, isScreen: boolean): HTMLElement | null {
    const kind = isScreen ? "[data-share]" : ":not([data-share])";
    return one(`figure[data-peer="${CSS.escape(peer)}"]${kind}`, this.#place ?? document);
  }

  #videos(): HTMLVideoElement[] {
    return all<HTMLVideoElement>("video[data-remote]");
  }

  #play(figure: HTMLElement, tracks: (MediaStreamTrack | null)[]): void {
    const video = one<HTMLVideoElement>("video", figure);
    const wanted = tracks.filter((track) => track !== null);
    if (!video || wanted.length === 0) return;
    const playing = (video.srcObject as MediaStream | null)?.getTracks() ?? [];
    if (wanted.length === playing.length && wanted.every((track) => playing.includes(track))) return;
    video.srcObject = new MediaStream(wanted);
    if (this.#speaker) void video.setSinkId?.(this.#speaker).catch(() => undefined);
    video.play().catch((refusal: unknown) => {
      // Nobody tapped since the page was loaded: the picture may move at once, the sound after a tap.
      if (!(refusal instanceof DOMException) || refusal.name !== "NotAllowedError") return;
      video.muted = true;
      void video.play().catch(() => undefined);
      showTapToHear(true);
    });
  }
}

function byPlace(one: Person, other: Person): number {
  return Number(other.role === "interpreter") - Number(one.role === "interpreter") || (one.peer < other.peer ? -1 : 1);
}

function caption(figure: HTMLElement, words: string): void {
  const place = one("figcaption", figure);
  if (place && place.textContent !== words) place.textContent = words;
  one("video", figure)?.setAttribute("aria-label", words);
}

function showTapToHear(isNeeded: boolean): void {
  for (const button of all('[data-action="tap-to-hear"]')) button.hidden = !isNeeded;
}
