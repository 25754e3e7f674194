"""A real visit: a phone and a desk, through link, test, waiting room and call.

Reload, and the death of signaling, are timed in tests/faults.
"""

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
