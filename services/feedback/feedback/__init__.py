"""Surveys, ratings and complaints."""
