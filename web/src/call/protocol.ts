// Generated from signaling/protocol.py by `python -m signaling.typescript`. Do not edit.

export const PROTOCOL_VERSION = 1;
export const SDP_LIMIT = 32768;
export const CANDIDATE_LIMIT = 1024;
export const CANDIDATES_LIMIT = 8192;
export const CANDIDATES_PER_NEGOTIATION = 64;
export const EVENT = "signal";

export type RefusedCode = "malformed" | "too-fast" | "not-admitted" | "unknown-peer";
export type TicketCode = "no-ticket" | "bad-ticket" | "wrong-audience" | "expired" | "used" | "before-start" | "wrong-node" | "wrong-room" | "old-epoch" | "moved" | "removed" | "ended" | "full";

/** A WebRTC session description, as `RTCPeerConnection.localDescription` gives it. */
export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/** One ICE candidate, as `RTCIceCandidate.toJSON()` gives it. */
export interface Candidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** What a browser says about its own side of the call. */
export interface PeerState {
  muted: boolean;
  camera: boolean;
  hidden: boolean;
  connected: boolean;
}

/** An offer or an answer for one peer of the same visit. */
export interface Describe {
  type: "describe";
  to: string;
  description: Description;
  epoch: number;
}

/** ICE candidates gathered after the description went out, in batches. */
export interface Candidates {
  type: "candidates";
  to: string;
  candidates: Candidate[];
  epoch: number;
}

/** The sender's own microphone, camera, page and media state. */
export interface State {
  type: "state";
  muted: boolean;
  camera: boolean;
  hidden: boolean;
  connected: boolean;
}

/** A host has just decided to let this one in: their offer, to answer while web decides. */
export interface Expect {
  type: "expect";
  peer: string;
}

/** The sender leaves on purpose; a lost connection is not a bye. */
export interface Bye {
  type: "bye";
}

/** One STUN or TURN server, ready for `RTCConfiguration.iceServers`. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** One other admitted participant; `here` is false while their socket is lost. */
export interface RosterPeer {
  peer: string;
  role: string;
  page: string;
  seat: number;
  state: PeerState;
  here: boolean;
}

/** A description as its receiver sees it. */
export interface RelayedDescribe {
  type: "describe";
  description: Description;
  epoch: number;
}

/** Candidates as their receiver sees them. */
export interface RelayedCandidates {
  type: "candidates";
  candidates: Candidate[];
  epoch: number;
}

/** The socket is seated: who you are here and whether you wait or may talk. */
export interface Welcome {
  type: "welcome";
  version: number;
  self: string;
  stage: "waiting" | "admitted" | "board";
  epoch: number;
  seat: number;
}

/** Everybody else who is admitted, whole at each change, and whom you shall offer to.

    `offered` has the offer that came with your ticket: apply it, send none. `answer_to` is in
    by the offer that you hold since you said `expect`: answer it now. */
export interface Roster {
  type: "roster";
  peers: RosterPeer[];
  offer_to: string[];
  offered?: string | null;
  answer_to?: string | null;
}

/** A message of another peer; the server, not the sender, says who it was. */
export interface Relayed {
  type: "relayed";
  sender: string;
  message: RelayedDescribe | RelayedCandidates;
}

/** You may talk now; these are the relays for the call. */
export interface Admitted {
  type: "admitted";
  ice_servers: IceServer[];
}

/** Your seat went to another page or device; this socket closes. */
export interface Moved {
  type: "moved";
}

/** The visit, or your part in it, is over; this socket closes. */
export interface Ended {
  type: "ended";
  code: string;
}

/** Something you may see has changed; ask the web server what. */
export interface Changed {
  type: "changed";
}

/** Your last message had no effect. */
export interface Refused {
  type: "refused";
  code: "malformed" | "too-fast" | "not-admitted" | "unknown-peer";
}

export type FromBrowser = Describe | Candidates | State | Expect | Bye;
export type ToBrowser = Welcome | Roster | Relayed | Admitted | Moved | Ended | Changed | Refused;
