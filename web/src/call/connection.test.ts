import { beforeEach, expect, it, vi } from "vitest";
import { Connection } from "./connection";

type Encoding = RTCRtpEncodingParameters;
let sent: Record<string, Encoding>;

/** As much of a browser's connection as limits need: each sender keeps its one encoding. */
class Browser {
  signalingState = "stable";
  createDataChannel = () => ({ addEventListener: () => undefined });
  addTransceiver = (kind: string, { sendEncodings: [first] }: { sendEncodings: [Encoding] }) => {
    sent[kind] = { ...first };
    const getParameters = () => ({ encodings: [{ ...sent[kind] }] });
    const setParameters = async (told: { encodings: [Encoding] }) => { sent[kind] = told.encodings[0]; };
    return { sender: { getParameters, setParameters } };
  };
}

beforeEach(() => {
  sent = {};
  vi.stubGlobal("RTCPeerConnection", Browser);
});

it("begins with half the picture, and sends the whole one when told that the first is through", async () => {
  const connection = new Connection({} as RTCCertificate, []);
  connection.prepareToOffer({ audio: null, video: null, screen: null });
  expect(sent.video?.scaleResolutionDownBy).toBe(2);
  await connection.sendWhole();
  expect(sent.video).toMatchObject({ scaleResolutionDownBy: 1, maxBitrate: 1_500_000 });
  expect(sent.audio?.maxBitrate).toBe(40_000);
});

it("leaves to the ladder what it has set since, however often the connection comes back", async () => {
  const connection = new Connection({} as RTCCertificate, []);
  connection.prepareToOffer({ audio: null, video: null, screen: null });
  await connection.sendWhole();
  sent.video = { maxBitrate: 160_000, scaleResolutionDownBy: 4 };
  await connection.sendWhole();
  expect(sent.video).toEqual({ maxBitrate: 160_000, scaleResolutionDownBy: 4 });
});
