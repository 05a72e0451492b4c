"""The page of the RPC server in a browser: headless Chromium."""

import os

import pytest
from conftest import until
from selenium import webdriver
from selenium.webdriver.common.by import By

SLOW = (5, 50_000_000, "rate=200000")


@pytest.fixture
def browser():
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=900,420"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = "/usr/bin/chromedriver"
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield browser
    browser.quit()


def row(browser, status=None):
    """The first download, if it is in that state."""
    rows = browser.find_elements(By.CSS_SELECTOR, "#downloads tr")
    return next((one for one in rows if status in (None, one.get_dom_attribute("data-status"))), None)


def shown(browser, script):
    return browser.execute_script(f"return {script}")


def press(browser, status, action):
    """Presses a button of a download as soon as it is there. The table is drawn anew each second,
    so that it is found and pressed in one step."""
    script = f"""
        const one = document.querySelector('tr[data-status="{status}"] [data-action="{action}"]');
        if (one) one.click();
        return one !== null;"""
    until(f"there is {action}", lambda: browser.execute_script(script))


def states(browser):
    return shown(browser, "[...document.querySelectorAll('#downloads tr')].map(one => one.dataset.status)")


def progress(browser):
    return shown(browser, "document.querySelector('#downloads progress')?.value || 0")


def test_downloads_are_added_paused_resumed_and_cancelled(served, web, browser):
    browser.get(f"http://127.0.0.1:{served.port}/")
    if served.secret:
        until("a secret is asked for", lambda: shown(browser, "!document.getElementById('login').hidden"))
        browser.find_element(By.ID, "secret").send_keys(served.secret)
        browser.find_element(By.CSS_SELECTOR, "#login button").click()
        until("it is let in", lambda: shown(browser, "document.getElementById('login').hidden"))
    browser.find_element(By.ID, "url").send_keys(web.url(*SLOW))
    browser.find_element(By.CSS_SELECTOR, "#add button").click()
    until("it is active", lambda: states(browser) == ["active"])
    first = until("its progress is shown", lambda: progress(browser))
    until("its progress is shown again", lambda: progress(browser) > first)
    if folder := os.environ.get("BGCOPY_SCREENSHOTS"):
        browser.save_screenshot(f"{folder}/rpc.png")
    press(browser, "active", "Pause")
    until("it is paused", lambda: states(browser) == ["paused"])
    press(browser, "paused", "Resume")
    until("it is active", lambda: states(browser) == ["active"])
    press(browser, "active", "Cancel")
    until("it is gone", lambda: states(browser) == ["removed"])
    press(browser, "removed", "Forget")
    until("nothing is there", lambda: states(browser) == [])

    # A name that would be markup, and a file that comes as a whole.
    script = "document.getElementById('url').value = arguments[0]"
    browser.execute_script(script, web.url(1, 5000) + "#")
    browser.find_element(By.CSS_SELECTOR, "#add button").click()
    until("it is complete", lambda: states(browser) == ["complete"])
    assert (served.downloads / "5000").read_bytes() == web.content(1, 5000)
    severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert [entry for entry in severe if "favicon" not in entry["message"]] == []
