import { expect, it } from "vitest";
import { parse, type ChannelMessage } from "./channel";
import { asCode, commitment, Exchange, hex, type Party, type Verdict } from "./safety_code";

const print = (seed: number): Uint8Array => new Uint8Array(32).fill(seed);
const MORGAN: Party = { peer: "p-morgan", role: "patient", fingerprint: print(1) };
const RIVERA: Party = { peer: "p-rivera", role: "psychiatrist", fingerprint: print(2) };

/** Two sides whose messages go over `road`; what each of them ends up with. */
async function talk(own: Party, seenOfOther: Party, other: Party, seenOfOwn: Party,
  road: (message: ChannelMessage) => ChannelMessage = (message) => message): Promise<[Verdict[], Verdict[]]> {
  const verdicts: [Verdict[], Verdict[]] = [[], []];
  const pending: Promise<void>[] = [];
  const sides: Exchange[] = [];
  const to = (index: number) => (message: ChannelMessage): void => {
    const heard = parse(JSON.stringify(road(message)));
    pending.push(Promise.resolve().then(() => sides[index]?.heard(heard!)));
  };
  sides.push(new Exchange(own, seenOfOther, "visit-1", to(1), (verdict) => verdicts[0].push(verdict)));
  sides.push(new Exchange(other, seenOfOwn, "visit-1", to(0), (verdict) => verdicts[1].push(verdict)));
  for (let settled = -1; settled !== pending.length;) {
    settled = pending.length;
    await Promise.all([...pending, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  return verdicts;
}

it("gives both sides the same six numbers and the same four things", async () => {
  const [[mine], [theirs]] = await talk(MORGAN, RIVERA, RIVERA, MORGAN);
  expect(mine).toEqual(theirs);
  expect(mine?.kind === "code" && mine.code.digits).toMatch(/^\d{3} \d{3}$/);
  expect(mine?.kind === "code" && mine.code.words.split(", ")).toHaveLength(4);
});

it("is another code each time, for the nonces are", async () => {
  const [[first]] = await talk(MORGAN, RIVERA, RIVERA, MORGAN);
  const [[second]] = await talk(MORGAN, RIVERA, RIVERA, MORGAN);
  expect(first).not.toEqual(second);
});

it("does not agree when somebody in between has another certificate on each side", async () => {
  const verdicts = await talk(MORGAN, { ...RIVERA, fingerprint: print(8) }, RIVERA, { ...MORGAN, fingerprint: print(9) });
  expect(verdicts.flat().map((verdict) => verdict.kind)).toEqual(["mismatch", "mismatch"]);
});

it.each<[string, ChannelMessage[], string]>([
  ["a second commit", [{ t: "commit", role: "patient", value: "aa" }, { t: "commit", role: "patient", value: "bb" }], "second-commit"],
  ["a nonce before the commit", [{ t: "reveal", nonce: "00" }], "early-reveal"],
  ["a nonce that was not promised", [{ t: "commit", role: "patient", value: "aa" }, { t: "reveal", nonce: hex(print(3)) }], "broken-commit"],
])("refuses %s", async (_, messages, why) => {
  const verdicts: Verdict[] = [];
  const side = new Exchange(RIVERA, MORGAN, "visit-1", () => undefined, (verdict) => verdicts.push(verdict));
  for (const message of messages) await side.heard(message);
  expect(verdicts).toEqual([{ kind: "mismatch", why }]);
});

it("refuses its own commit sent back, and a replay after the code stands", async () => {
  const said: ChannelMessage[] = [];
  const verdicts: Verdict[] = [];
  const side = new Exchange(RIVERA, MORGAN, "visit-1", (message) => said.push(message), (verdict) => verdicts.push(verdict));
  await side.heard({ t: "chat", text: "hello" });
  await side.heard(said[0]!);
  expect(verdicts).toEqual([{ kind: "mismatch", why: "own-commit" }]);

  const good: Verdict[] = [];
  const other = new Exchange(RIVERA, MORGAN, "visit-1", () => undefined, (verdict) => good.push(verdict));
  const commit: ChannelMessage = { t: "commit", role: "patient", value: await commitment("patient", "visit-1", print(5), MORGAN.fingerprint) };
  await other.heard(commit);
  await other.heard({ t: "reveal", nonce: hex(print(5)) });
  await other.heard(commit);
  expect(good.map((verdict) => verdict.kind)).toEqual(["code", "mismatch"]);
});

it("shows a nonce only after both commits are in: nobody can choose theirs to fit", async () => {
  const said: ChannelMessage[] = [];
  const side = new Exchange(RIVERA, MORGAN, "visit-1", (message) => said.push(message), () => undefined);
  await side.heard({ t: "chat", text: "hello" });
  expect(said.map((message) => message.t)).toEqual(["commit"]);
});

it("names each number once: two codes that differ in digits differ in things", () => {
  const words = new Set([0, 1, 31, 32, 1_023, 417_092, 999_999].map((number) => asCode(number).words));
  expect(words.size).toBe(7);
  expect(asCode(7).digits).toBe("000 007");
  expect(asCode(0).words).toBe("⚓ anchor, ⚓ anchor, ⚓ anchor, ⚓ anchor");
});
