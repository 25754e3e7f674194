"""One call of a phone and a desk, and what the two do in it; they leave and come back.

Reload, and the death of signaling, are timed in tests/faults.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.two_people import TwoPeople


@pytest.fixture(scope="module")
def talking(chromium, stack):
    """Two people in one call; each test leaves it as it found it."""
    people = TwoPeople(chromium, stack).in_a_call()
    yield people
    people.close()


def test_a_patient_and_a_psychiatrist_see_and_hear_each_other(talking):
    for side in (talking.patient, talking.clinician):
        side.expect_sound()
        assert side.complaints == []


def test_mute_stops_the_sound_and_the_other_side_is_told(talking):
    people = talking
    people.clinician.expect_sound()
    people.patient.act("mute")
    pressed = people.patient.page.locator('[data-action="mute"][aria-pressed="true"]')
    expect(pressed).to_be_visible()
    assert people.patient.page.evaluate(_OWN_TRACKS)["audio"] is False
    expect(people.clinician.page.locator("[data-people] figure")).to_contain_text("muted")
    people.patient.act("mute")
    assert people.patient.page.evaluate(_OWN_TRACKS)["audio"] is True


def test_a_camera_that_is_off_sends_nothing_and_comes_back(talking):
    people = talking
    people.patient.act("camera")
    people.clinician.page.wait_for_function(_STANDS_STILL, polling=1_500)
    people.patient.act("camera")
    people.clinician.expect_moving_picture()


def test_chat_reaches_the_other_side_as_text_and_no_server(talking):
    people = talking
    bodies = []
    people.patient.page.on("request", lambda request: bodies.append(request.post_data or ""))
    people.patient.act("chat")
    people.patient.page.fill("[data-chat-form] [name=text]", "<b>harbour & lighthouse</b>")
    people.patient.page.keyboard.press("Enter")
    people.clinician.act("chat")
    log = people.clinician.page.locator("[data-chat]")
    expect(log).to_contain_text("<b>harbour & lighthouse</b>")
    assert not any("lighthouse" in body for body in bodies)
    for side in (people.patient, people.clinician):
        side.page.keyboard.press("Escape")


def test_the_safety_code_is_the_same_on_both_sides(talking):
    people = talking
    codes = []
    for side in (people.patient, people.clinician):
        place = side.page.locator('[data-text~="safety-code"]').first
        expect(place).not_to_be_empty()
        codes.append((place.text_content() or "").strip())
    assert codes[0] == codes[1]
    assert len(codes[0].replace(" ", "")) == 6


def test_a_shared_screen_is_seen_beside_the_face(talking):
    people = talking
    people.clinician.act("share")
    patient = people.patient.page
    patient.wait_for_function(
        "() => [...document.querySelectorAll('video[data-remote], video[data-screen]')]"
        ".filter(v => v.videoWidth > 0 && v.getClientRects().length > 0).length >= 2"
    )
    people.clinician.act("share")
    patient.wait_for_function(
        "() => [...document.querySelectorAll('video[data-remote], video[data-screen]')]"
        ".filter(v => v.videoWidth > 0 && v.getClientRects().length > 0).length === 1"
    )


def test_another_microphone_may_be_chosen_in_mid_call(talking):
    people = talking
    page = people.patient.page
    people.patient.act("devices")
    picker = page.locator('select[data-device="audioinput"]:visible')
    options = picker.locator("option").evaluate_all("all => all.map(o => o.value)")
    assert len(options) >= 2
    before = page.evaluate(_OWN_TRACKS)["microphone"]
    other = next(o for o in options if o not in (before, "", "default"))
    picker.select_option(other)
    page.wait_for_function(f"want => ({_OWN_TRACKS})().microphone === want", arg=other)
    people.clinician.expect_sound()
    page.keyboard.press("Escape")


def test_leaving_is_not_ending_and_coming_back_needs_no_second_admission(talking):
    patient = talking.patient
    patient.act("leave")
    patient.act("leave-now")
    patient.expect_call("left")
    patient.act("rejoin")
    patient.expect_call("connected")
    patient.expect_moving_picture()


def test_who_was_left_alone_and_sent_back_is_seen_again_when_let_in(talking):
    patient, clinician = talking.patient, talking.clinician
    clinician.act("leave")
    clinician.act("leave-now")
    clinician.expect_call("left")
    clinician.act("wait")
    patient.expect_call("waiting")
    clinician.act("rejoin")
    clinician.act("admit")
    talking.see_each_other()


_OWN_TRACKS = """() => {
  const own = document.querySelector("video[data-self]").srcObject;
  const sound = own?.getAudioTracks()[0];
  return {
    audio: sound?.enabled ?? null,
    microphone: sound?.getSettings().deviceId ?? null,
  };
}"""
_STANDS_STILL = """() => {
  const video = document.querySelector("video[data-remote]");
  const now = video.getVideoPlaybackQuality().totalVideoFrames;
  const before = window.framesBefore;
  window.framesBefore = now;
  return before === now;
}"""
