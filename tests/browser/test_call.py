"""A real visit: a phone and a desk, through link, test, waiting room and call."""

from __future__ import annotations


def test_a_patient_and_a_psychiatrist_see_and_hear_each_other(two_people):
    people = two_people.in_a_call()
    for side in (people.patient, people.clinician):
        side.expect_sound()
        assert side.complaints == []


def test_leaving_is_not_ending_and_coming_back_needs_no_second_admission(two_people):
    people = two_people.in_a_call()
    people.patient.act("leave")
    people.patient.act("leave-now")
    people.patient.expect_call("left")
    people.patient.act("rejoin")
    people.patient.expect_call("connected")
    people.patient.expect_moving_picture()


def test_a_reload_in_mid_call_brings_the_picture_back(two_people):
    people = two_people.in_a_call()
    people.patient.page.reload()
    people.patient.expect_call("connected")
    for side in (people.patient, people.clinician):
        side.expect_moving_picture()


def test_signaling_killed_in_mid_call_stops_nobody(two_people):
    people = two_people.in_a_call()
    people.stack.kill("signaling")
    for side in (people.patient, people.clinician):
        side.expect_moving_picture(more=30)
        side.page.wait_for_selector('html[data-signaling="up"]', state="attached")
        side.expect_call("connected")
