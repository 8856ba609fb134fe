import pytest

from desk.cleaning import cleaned
from practices.models import Practice
from tests import factories
from tests.desk import form_data, url_of

PLAIN = [
    "a < b > c & d",
    "The tag <b> makes <i>letters</i> bold; see <https://example.org> or write to <office@example.org>.",
    "&lt;script&gt; in words",
    "if on=1 < 2 then onward=3",
    "<3 " * 50,
    "« javascript: » is no address here",
    "Один < два > ноль",
]
ACTIVE = [
    ("Before <script>alert(1)</script>after", "Before after", {"<script>"}),
    ("Nobody closed <script> and the text stays", "Nobody closed  and the text stays", {"<script>"}),
    ("<IFRAME src=//x></IFRAME>Film", "Film", {"<iframe>"}),
    ("<img src='x' OnError='alert(1)'> a", '<img src="x"> a', {"onerror"}),
    ("<svg/onload=alert(1)>x", "x", {"<svg>", "onload"}),
    ("<a href='javascript:alert(1)'>here</a>", "<a>here</a>", {"javascript:"}),
    ("<a href='java&#115;cript:alert(1)'>here</a>", "<a>here</a>", {"javascript:"}),
    ("1 < 2 &lt;b&gt; <style>p {}</style>é", "1 < 2 &lt;b&gt; é", {"<style>"}),
]


@pytest.mark.parametrize("text", PLAIN)
def test_signs_and_tags_in_a_plain_text_remain_as_they_were_typed(text):
    assert cleaned(text) == (text, set())


@pytest.mark.parametrize("text, passive, removed", ACTIVE)
def test_what_is_active_is_taken_out_and_named(text, passive, removed):
    assert cleaned(text) == (passive, removed)
    assert cleaned(passive) == (passive, set())


@pytest.mark.django_db
def test_an_editor_is_told_what_was_taken_out_and_keeps_the_rest(client):
    record = factories.practice()
    client.force_login(factories.editor())
    data = form_data(
        client.get(url_of(record)), title_en="Streets <script>x</script>& <b>squares</b>", meaning="wording"
    )
    response = client.post(url_of(record), data, follow=True)
    assert Practice.objects.get().title_en == "Streets & <b>squares</b>"
    words = [str(message) for message in response.context["messages"] if "<script>" in str(message)]
    assert words == ["Texts are plain: <script> was taken out of what you typed."]


@pytest.mark.django_db
def test_what_comes_in_by_any_other_way_is_cleaned_too():
    record = factories.declaration()
    clause = record.clauses.first()
    clause.wording_de = "Wir <iframe src=x></iframe>empfehlen"
    clause.save()
    clause.refresh_from_db()
    assert clause.wording_de == "Wir empfehlen"


@pytest.mark.django_db
def test_a_tag_that_remains_is_printed_as_it_was_typed(client):
    record = factories.practice(title_en="The <b> of <i>x</i>")
    page = client.get(f"/en/practices/{record.slug}/").content.decode()
    assert "The &lt;b&gt; of &lt;i&gt;x&lt;/i&gt;" in page
    assert "<b> of" not in page
