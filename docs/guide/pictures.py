"""`python docs/guide/pictures.py`: the pictures of the editors' guide, taken of a portal that this starts, fills and uses.

A new portal with the founding content in a temporary folder; everything in it is done through its own pages, in a
real Chromium (CHROMIUM names another one), so a picture that cannot be taken is a step of the guide that does not work. Needs
requirements/dev.txt. `--language fr` shows the desk in French, `--into` writes elsewhere.
"""

import argparse
import base64
import hashlib
import hmac
import io
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
# Pixels.
WIDTH, TALLEST, MARGIN = 1100, 1000, 12
# Seconds: until the portal answers, and for which a code of the second factor is good.
PATIENCE, PERIOD = 60, 30
# Milliseconds.
FORM_TAKES = 6000
OUTDATED = "/admin/board/?type=practices.practice&language=de&state=is_outdated"
PRACTICE = "l-hospitalet-community-mediation"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", default="en", choices=["fr", "en", "de", "it", "ru", "tr"])
    parser.add_argument(
        "--into", type=Path, default=HERE, help="The folder for the pictures (default: docs/guide)."
    )
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with portal() as (address, password), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=FLAGS
        )
        Guide(chromium, address, options).take_all(password)
        chromium.close()


# --- The portal -----------------------------------------------------------------------------------


@contextmanager
def portal():
    """(address, password of the first account) of a new portal, served as `make run` serves it, and gone at the end."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {
            **os.environ,
            "ALLIANCE_VAR": folder,
            "ALLIANCE_TLS": "0",
            "DJANGO_SETTINGS_MODULE": "alliance.settings.production",
            "LINK_CHECKS": "off",
            "PORT": str(port),
            "REQUIRE_SECOND_FACTOR": "on",
        }
        environment.pop("DATABASE_URL", None)
        said = subprocess.run(
            [sys.executable, "manage.py", "prepare"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        server = subprocess.Popen([sys.executable, "-m", "alliance.serve"], cwd=ROOT, env=environment)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/admin/login/")
            yield address, re.search(r"^\s*password\s+(\S+)$", said, re.MULTILINE)[1]
        finally:
            server.terminate()
            server.wait()


def wait_for(address):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            httpx.get(address, timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.3)
    sys.exit("The portal does not answer.")


def code_of(secret):
    """What an app for one-time codes shows now (RFC 6238), for the `secret` that the portal shows in Base32."""
    counter = struct.pack(">Q", int(time.time()) // PERIOD)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


# --- The pictures ---------------------------------------------------------------------------------


class Guide:
    """The steps of docs/guide/README.md in their order, by an administrator, an editor and a translator."""

    def __init__(self, chromium, address, options):
        self.chromium, self.address, self.options = chromium, address, options

    def take_all(self, password):
        admin = self.person()
        self.first_account(admin, password)
        editor = self.account(admin, "editor", groups=[0])
        translator = self.account(admin, "translator", groups=[1], languages=[2, 4])
        colleague = self.account(admin, "colleague", groups=[0])
        self.second_factor(editor)
        self.what_waits(editor)
        self.source(editor)
        self.translating(translator)
        self.publishing(editor)
        self.two_people(editor, colleague)
        self.history(editor)
        self.files(editor)
        self.application(editor)
        self.disagreements(editor)

    # Who acts.

    def person(self):
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": WIDTH, "height": 700},
            locale=self.options.language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context.new_page()

    def sign_in(self, page, name, password):
        page.goto("/admin/")
        page.fill("#id_username", name)
        page.fill("#id_password", password)
        press(page, "#login-form [type=submit]")

    def first_account(self, page, password):
        self.sign_in(page, "secretariat", password)
        secret = page.inner_text(".account-key")
        page.fill("#id_code", code_of(secret))
        press(page, ".account form [type=submit]")
        page.goto("/admin/accounts/user/")
        press(page, "#result_list tbody th a")
        page.select_option("#id_interface_language", self.options.language)
        press(page, "[name=_save]")

    def account(self, page, name, *, groups, languages=()):
        """A page on which the new account `name` is signed in."""
        password = secrets.token_urlsafe(16)
        page.goto("/admin/accounts/user/add/")
        page.fill("#id_username", name)
        page.fill("#id_password1", password)
        page.fill("#id_password2", password)
        page.fill("#id_email", f"{name}@example.org")
        page.select_option("#id_interface_language", self.options.language)
        page.check("#id_is_staff")
        for number in groups:
            page.check(f"#id_groups_{number}")
        for number in languages:
            page.check(f"#id_translation_languages_{number}")
        if languages:
            self.take(page, "account", "#id_groups", "#id_translation_languages")
        press(page, "[name=_save]")
        person = self.person()
        self.sign_in(person, name, password)
        return person

    # What they do.

    def second_factor(self, page):
        page.goto("/admin/account/second-factor/")
        # A key to a portal that is gone when the script ends.
        self.take(page, "second-factor", "#content")
        page.goto("/admin/")

    def what_waits(self, page):
        self.take(page, "desk", "#content")
        page.goto("/admin/board/?type=practices.practice")
        self.take(page, "board", "#content")

    def source(self, page):
        self.open_practice(page)
        self.take(page, "form", "#content")
        field = page.locator("#id_summary_fr")
        field.fill(field.input_value() + " Le dispositif a été évalué.")
        page.check("#id_meaning_1")
        self.take(page, "languages", ".language-tabs, [role=tablist]", "#id_body_fr")
        self.take(page, "meaning", "#meaning-question")
        page.fill("#id_comment", "The evaluation is mentioned in the summary.")
        press(page, "[name=_save]")
        page.goto(OUTDATED)
        self.take(page, "outdated", "#content")

    def translating(self, page):
        page.goto(OUTDATED)
        press(page, ".board-table tbody tr:first-child a[href*='/de/']")
        self.take(page, "side-by-side", "#content")
        press(page, "[name=save][value=unreviewed]")

    def publishing(self, page):
        self.open_practice(page)
        self.take(page, "publication", "#publication")
        press(page, "#publication [value=draft]")
        self.open_practice(page)
        press(page, ".object-tools a[href$='/previews/']")
        press(page, "form.desk-actions [type=submit]")
        self.take(page, "previews", "#content")
        link = page.input_value(".preview-list input[type=text]")
        reader = self.person()
        reader.goto(link)
        self.take(reader, "preview", "body")
        reader.context.close()
        self.open_practice(page)
        press(page, "#publication [value=published]")

    def two_people(self, first, second):
        self.open_practice(first)
        self.open_practice(second)
        for page, text in (
            (first, "Une médiation à l’échelle du quartier."),
            (second, "Une médiation de proximité."),
        ):
            page.fill("#id_summary_fr", text)
            page.check("#id_meaning_0")
            press(page, "[name=_save]")
        self.take(second, "conflict", "#content")
        press(second, ".submit-row [name=_all]")

    def history(self, page):
        self.open_practice(page)
        press(page, ".object-tools .historylink")
        self.take(page, "history", "#content")
        press(page, ".history-table tbody tr:nth-child(2) a")
        self.take(page, "revision", "#content")

    def files(self, page):
        page.goto("/admin/practices/practice/")
        page.check("#result_list tbody tr:first-child [name=_selected_action]")
        page.select_option("[name=action]", "export_texts")
        press(page, ".actions [type=submit]")
        page.check("[name=targets][value=de]")
        page.check("[name=only][value=all]")
        self.take(page, "export", "#content")
        with page.expect_download() as download:
            page.click(".submit-row [type=submit]")
        # What a translator does with the file.
        texts = download.value.path().read_text().replace("</target>", " (neu)</target>", 1)
        page.goto("/admin/exchange/texts/import/")
        page.set_input_files(
            "#id_file",
            {"name": "practices.xlf", "mimeType": "application/xliff+xml", "buffer": texts.encode()},
        )
        press(page, ".submit-row [type=submit]")
        self.take(page, "import", "#content")

    def application(self, page):
        city = self.person()
        city.goto("/en/declarations/nice-2017/sign/")
        # As long as a person needs at least: who is quicker is taken for a program.
        city.wait_for_timeout(FORM_TAKES)
        typed = {
            "signatory": "Porto",
            "office": "Mayor",
            "contact_name": "A. Silva",
            "contact_email": "a@porto.example",
        }
        for name, value in typed.items():
            city.fill(f"[name={name}]", value)
        city.select_option("[name=country]", "PT")
        city.check("[name=consent]")
        press(city, "main form .button")
        city.context.close()
        page.goto("/admin/declarations/application/")
        press(page, "#result_list tbody th a")
        self.take(page, "application", "#content")

    def disagreements(self, page):
        page.goto("/admin/contradictions/")
        self.take(page, "contradictions", "#content")

    def open_practice(self, page):
        page.goto(f"/admin/practices/practice/?q={PRACTICE}")
        press(page, "#result_list tbody th a")

    # How it is kept.

    def take(self, page, name, *selectors):
        """Keep what stands from the top of the first to the bottom of the last of these elements, as NAME.webp."""
        boxes = [page.locator(selector).first.bounding_box() for selector in selectors]
        scrolled = page.evaluate("window.scrollY")
        left = min(box["x"] for box in boxes)
        top = max(0, min(box["y"] for box in boxes) + scrolled - MARGIN)
        right = max(box["x"] + box["width"] for box in boxes)
        bottom = max(box["y"] + box["height"] for box in boxes) + scrolled + MARGIN
        picture = page.screenshot(
            full_page=True,
            clip={"x": left, "y": top, "width": right - left, "height": min(bottom - top, TALLEST)},
        )
        Image.open(io.BytesIO(picture)).save(self.options.into / f"{name}.webp", quality=80, method=6)
        print(name, flush=True)


def press(page, selector):
    """Click, and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(selector).first.click()


if __name__ == "__main__":
    main()
