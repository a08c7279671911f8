"""The Qt window: shows what the services say and decides nothing about coding."""
