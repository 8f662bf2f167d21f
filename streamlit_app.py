"""The entry of the screen: `streamlit run streamlit_app.py`."""

from __future__ import annotations

import streamlit as st

from assistant.ui import frame

st.set_page_config(
    page_title="Load Factor",
    page_icon=frame.ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
    menu_items={"About": frame.ABOUT},
)
frame.run(st.navigation(frame.pages(), position="hidden"))
