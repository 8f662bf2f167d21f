"""The screen: everything that imports streamlit."""
