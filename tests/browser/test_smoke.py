"""That the browser, the server and the pages find each other."""


def test_the_home_page_opens_in_a_browser(page):
    response = page.goto("/tr/")
    assert response.status == 200
    assert page.locator("html").get_attribute("lang") == "tr"
