"""Hangul syllables, decomposed into onset, vowel and coda."""

from __future__ import annotations

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
"""Hangul's parts in the order of Unicode (chapter 3.12)."""


def decompose(syllable: str) -> tuple[str, str, str]:
    """A syllable's onset, vowel and coda; a space where nothing closes it."""
    at = ord(syllable) - 0xAC00
    return ONSETS[at // 588], VOWELS[at % 588 // 28], CODAS[at % 28]
