"""Inquiries: what customers send through the contact form, and what agents answer."""
