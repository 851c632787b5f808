"""No trio: Selenium brings it for the tests, and httpcore would import it, which takes as long as all of httpx."""

raise ImportError("trio is not part of an installation")
