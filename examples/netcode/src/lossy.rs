//! A local socket that delays its messages and loses some of them.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use ggrs::{Message, NonBlockingSocket, UdpNonBlockingSocket};

/// Sends through UDP, with a delay of some polls.
#[derive(Debug)]
pub struct Lossy {
    socket: UdpNonBlockingSocket,
    delay: u32,
    /// One in this many messages is lost.
    loss: u32,
    polls: u32,
    random: u32,
    /// Each with the poll at which it is due.
    waiting: VecDeque<(u32, SocketAddr, Message)>,
}

/// Two sockets, and the address of each for the other.
///
/// # Errors
/// If there is no free port.
pub fn pair(delay: u32, loss: u32) -> io::Result<[(Lossy, SocketAddr); 2]> {
    let ports = [free_port()?, free_port()?];
    let open = |own: usize, other: usize| {
        let socket = UdpNonBlockingSocket::bind_to_port(ports[own])?;
        let random = 1 + u32::from(ports[own]);
        let lossy = Lossy { socket, delay, loss, polls: 0, random, waiting: VecDeque::new() };
        io::Result::Ok((lossy, SocketAddr::from((Ipv4Addr::LOCALHOST, ports[other]))))
    };
    Ok([open(0, 1)?, open(1, 0)?])
}

fn free_port() -> io::Result<u16> {
    Ok(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?.local_addr()?.port())
}

impl NonBlockingSocket<SocketAddr> for Lossy {
    fn send_to(&mut self, message: &Message, to: &SocketAddr) {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if !(self.random >> 16).is_multiple_of(self.loss) {
            self.waiting.push_back((self.polls + self.delay, *to, message.clone()));
        }
    }

    fn receive_all_messages(&mut self) -> Vec<(SocketAddr, Message)> {
        self.polls += 1;
        while self.waiting.front().is_some_and(|(due, ..)| *due <= self.polls) {
            if let Some((_, to, message)) = self.waiting.pop_front() {
                self.socket.send_to(&message, &to);
            }
        }
        self.socket.receive_all_messages()
    }
}
