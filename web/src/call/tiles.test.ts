import { beforeEach, expect, it } from "vitest";
import { newCall, type Call, type Link } from "./state";
import { Tiles } from "./tiles";

const PEER = "patient";

function withLink(link: Link, camera = true): Call {
  const rest = { peer: PEER, role: "patient", page: "p", muted: false, hidden: false, sharing: false };
  return { ...newCall(), people: { [PEER]: { ...rest, camera, link, code: "", codeWords: "", codeState: "none" } } };
}

beforeEach(() => {
  const [people, figure, video] = ["div", "figure", "video"].map((tag) => document.createElement(tag));
  people!.dataset.people = "";
  figure!.dataset.peer = PEER;
  Object.defineProperties(video, { readyState: { value: 4 }, HAVE_CURRENT_DATA: { value: 2 } });
  figure!.append(video!);
  people!.append(figure!);
  document.body.replaceChildren(people!);
});

it("awaits the face of a page that is connecting, whatever of the page before still stands in its place", () => {
  expect(new Tiles().isFaceAwaited(withLink("new"))).toBe(true);
});

it("awaits no face that is there, or whose camera is off, or whose connection was lost", () => {
  for (const call of [withLink("connected"), withLink("new", false), withLink("lost")]) {
    expect(new Tiles().isFaceAwaited(call)).toBe(false);
  }
});
