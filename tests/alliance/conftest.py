"""All pages of the founding content, read once for each language."""

import pytest
from django.urls import reverse
from django.utils import translation

from tests import addresses
from tests.pages import Document


@pytest.fixture(scope="session")
def answers_by_language():
    return {}


@pytest.fixture
def answers(request, language, answers_by_language):
    """Path → the answer to an anonymous reader, for every public address in `language`."""
    if language not in answers_by_language:
        request.getfixturevalue("founding_content")
        client = request.getfixturevalue("client")
        answers_by_language[language] = {path: client.get(path) for path in addresses.public(language)}
    return answers_by_language[language]


@pytest.fixture
def pages(answers, language):
    """Path → Document, for every public HTML page in `language`."""
    with translation.override(language):
        no_pages = [reverse(name) for name in addresses.NO_PAGES]
    return {path: _document(answer) for path, answer in answers.items() if path not in no_pages}


def _document(answer):
    if not hasattr(answer, "document"):
        answer.document = Document(answer.content.decode())
    return answer.document
