"""One module a page; `frame.PAGES` declares them."""
