"""Whom a contact changes: learnt from campaigns in which chance decided who was contacted."""
