"""An RTSP server of GStreamer that sends a tone at /one. Arguments: port, hertz."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory()
factory.set_shared(True)
factory.set_launch(
    f"( audiotestsrc is-live=true freq={sys.argv[2]} volume=0.12 ! audioconvert"
    " ! audio/x-raw,rate=48000,channels=2 ! rtpL16pay name=pay0 pt=96 )"
)
server.get_mount_points().add_factory("/one", factory)
server.attach(None)
GLib.MainLoop().run()
