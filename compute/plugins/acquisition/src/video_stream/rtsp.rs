//! A camera on the loopback for tests: `ffmpeg` makes the pictures and the RTP packets, this speaks RTSP around them.

use crate::ffmpeg::testing::RunningCamera;
use std::{
    io::{BufRead, BufReader, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex,
    },
    thread,
    time::Duration,
};

/// What the camera sends: MPEG-2 video, payload type 32.
const DESCRIPTION: &str =
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 0 RTP/AVP 32\r\na=control:track1\r\n";

/// A running camera; it is gone when dropped.
pub(super) struct RtspCamera {
    pub(super) port: u16,
    state: Arc<State>,
    _encoder: RunningCamera,
}

struct State {
    /// The value of the header `Authorization` that is asked for.
    authorization: Option<String>,
    /// The socket from which packets are sent.
    output: UdpSocket,
    client: Mutex<Option<Client>>,
    stopped: AtomicBool,
}

struct Client {
    connection: TcpStream,
    /// Where packets go; without it, into the connection.
    packets_to: Option<SocketAddr>,
    plays: bool,
}

impl RtspCamera {
    pub(super) fn start(authorization: Option<&str>) -> Self {
        let socket = || UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let (input, listener) = (socket(), TcpListener::bind("127.0.0.1:0").expect("a port"));
        let encoder = RunningCamera::start(&format!("-f rtp rtp://{}", input.local_addr().expect("an address")));
        let state = Arc::new(State {
            authorization: authorization.map(str::to_owned),
            output: socket(),
            client: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let port = listener.local_addr().expect("an address").port();
        let (relaying, serving) = (state.clone(), state.clone());
        thread::spawn(move || relaying.relay(&input));
        thread::spawn(move || {
            for connection in listener.incoming().take_while(|_| !serving.stopped.load(Ordering::Relaxed)) {
                serving.serve(connection.expect("a connection"));
            }
        });
        Self { port, state, _encoder: encoder }
    }
}

impl Drop for RtspCamera {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::Relaxed);
        if let Some(client) = &*self.state.client.lock().expect("no thread panics") {
            // A client that is gone needs no end.
            let _ = client.connection.shutdown(Shutdown::Both);
        }
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl State {
    /// Passes the encoder's packets on to the client.
    fn relay(&self, input: &UdpSocket) {
        input.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout above zero");
        let mut packet = [0; 65536];
        while !self.stopped.load(Ordering::Relaxed) {
            let Ok(length) = input.recv(&mut packet) else { continue };
            let packet = &packet[..length];
            let mut client = self.client.lock().expect("no thread panics");
            // A client that is gone misses nothing.
            let _ = match &mut *client {
                Some(Client { plays: true, packets_to: Some(address), .. }) => self.output.send_to(packet, *address).map(drop),
                Some(Client { plays: true, packets_to: None, connection }) => {
                    let header = [b'$', 0, (length >> 8) as u8, length as u8];
                    connection.write_all(&[&header[..], packet].concat())
                }
                _ => Ok(()),
            };
        }
    }

    /// Answers the requests of a connection until it is closed.
    fn serve(&self, connection: TcpStream) {
        let requests = BufReader::new(connection.try_clone().expect("a handle"));
        *self.client.lock().expect("no thread panics") = Some(Client { connection, packets_to: None, plays: false });
        let mut request = Vec::new();
        for line in requests.split(b'\n').map_while(Result::ok) {
            match String::from_utf8_lossy(&line).trim() {
                "" if !request.is_empty() => self.answer(&std::mem::take(&mut request)),
                line => request.push(line.to_owned()),
            }
        }
        *self.client.lock().expect("no thread panics") = None;
    }

    fn answer(&self, request: &[String]) {
        let header = |name: &str| request.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let mut client = self.client.lock().expect("no thread panics");
        let client = client.as_mut().expect("requests come from a client");
        let method = request[0].split(' ').next().expect("split gives at least one");
        let mut headers = format!("CSeq: {}\r\nSession: 7\r\n", header("CSeq").expect("a numbered request"));
        let allowed = method == "OPTIONS" || self.authorization.is_none() || header("Authorization") == self.authorization.as_deref();
        let mut body = "";
        match method {
            _ if !allowed => headers.push_str("WWW-Authenticate: Basic realm=\"camera\"\r\n"),
            "OPTIONS" => headers.push_str("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"),
            "DESCRIBE" => {
                body = DESCRIPTION;
                headers.push_str(&format!("Content-Type: application/sdp\r\nContent-Length: {}\r\n", body.len()));
            }
            "SETUP" => headers.push_str(&self.set_up(client, header("Transport").expect("a transport"))),
            "PLAY" => client.plays = true,
            _ => {}
        }
        let status = if allowed { "200 OK" } else { "401 Unauthorized" };
        // A client that is gone needs no answer.
        let _ = client.connection.write_all(format!("RTSP/1.0 {status}\r\n{headers}\r\n{body}").as_bytes());
    }

    fn set_up(&self, client: &mut Client, transport: &str) -> String {
        let Some((_, ports)) = transport.split_once("client_port=") else {
            return "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n".to_owned();
        };
        let port = ports.split('-').next().and_then(|port| port.parse().ok()).expect("a port");
        client.packets_to = Some(([127, 0, 0, 1], port).into());
        let own = self.output.local_addr().expect("an address").port();
        format!("Transport: RTP/AVP;unicast;client_port={ports};server_port={own}-{}\r\n", own.wrapping_add(1))
    }
}
