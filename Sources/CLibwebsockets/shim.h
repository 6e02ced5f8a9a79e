#ifndef AMPHI_CLIBWEBSOCKETS_SHIM_H
#define AMPHI_CLIBWEBSOCKETS_SHIM_H

// What Swift cannot call by itself: unions, macros, variadic functions, structs whose layout depends on the build.
// Each shim is one call with a name; no logic lives here.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static inline int amphi_lws_pre(void) { return LWS_PRE; }

// MARK: context and virtual hosts

typedef struct amphi_context_options {
    lws_callback_function *callback;
    uv_loop_t *loop;
    void *user;
    unsigned int rx_buffer_bytes;
    // From the adoption of a TLS socket to the end of its handshake, and again from there on until it is cleared.
    unsigned int tls_accept_seconds;
    const char *certificate_path; // NULL: no TLS virtual host
    const char *private_key_path;
} amphi_context_options;

typedef struct amphi_context {
    struct lws_context *context;
    struct lws_vhost *plain;
    struct lws_vhost *tls; // NULL without a certificate
    // The struct below is read by lws for as long as the context lives.
    struct lws_protocols protocols[2];
    lws_retry_bo_t no_validity_checks;
    void *foreign_loops[1];
} amphi_context;

// Creates an lws context on a foreign libuv loop, so that lws installs no signal handlers. It listens nowhere: sockets
// are adopted. What lws refuses to make is NULL in the result (its reason is in lws's own log). Free with
// amphi_context_free after lws_context_destroy.
// Debian builds the libuv glue as a plugin, which lws opens with the first context and closes with the last one, although
// libuv still calls into it for handles that close later: the code must stay mapped. Pinned for the life of the process.
static inline void amphi_pin_event_library(void) {
    (void)dlopen("libwebsockets-evlib_uv.so", RTLD_LAZY | RTLD_NODELETE);
}

static inline amphi_context *amphi_context_create(const amphi_context_options *options) {
    amphi_context *self = (amphi_context *)calloc(1, sizeof(*self));
    if (!self) abort();
    amphi_pin_event_library();
    // The name is no HTTP token, so that no client can ask for it as a subprotocol.
    self->protocols[0].name = "(amphi)";
    self->protocols[0].callback = options->callback;
    self->protocols[0].rx_buffer_size = options->rx_buffer_bytes;
    // "0 indicates ... use rx_buffer_size": lws would then send at most that many bytes at once and buffer the rest.
    self->protocols[0].tx_packet_size = 1024 * 1024;
    self->foreign_loops[0] = options->loop;
    // All zero: "if (!rbo || !rbo->secs_since_valid_hangup) return" - no validity timers (default 300/310 s); pings are
    // this module's own.

    struct lws_context_creation_info info;
    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = self->protocols;
    info.user = options->user;
    info.foreign_loops = self->foreign_loops;
    info.pt_serv_buf_size = 16 * 1024;
    info.max_http_header_data = 4096; // lws parses only the handshake that this module writes for it
    info.retry_and_idle_policy = &self->no_validity_checks;
    // Zero would be lws's default of 5 s: it arms this timeout when a TLS handshake begins, arms it again when the handshake
    // is done ("give him some time to negotiate"), and clears it only for its own HTTP.
    info.timeout_secs = options->tls_accept_seconds;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8;
    if (options->certificate_path) info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    self->context = lws_create_context(&info);
    if (!self->context) return self;

    info.vhost_name = "plain";
    info.options &= ~(uint64_t)LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    self->plain = lws_create_vhost(self->context, &info);
    if (options->certificate_path) {
        info.vhost_name = "tls";
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = options->certificate_path;
        info.ssl_private_key_filepath = options->private_key_path;
        info.alpn = "http/1.1";
        info.ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_COMPRESSION
            | SSL_OP_CIPHER_SERVER_PREFERENCE;
        self->tls = lws_create_vhost(self->context, &info);
    }
    return self;
}

// A key that asks for a password is none: without a callback, OpenSSL asks on the terminal.
static inline int amphi_no_password(char *buffer, int size, int writing, void *context) { return 0; }

// Whether these files are a certificate chain and its key: 0 when not, 1 for one that is valid now, 2 for one that has expired,
// 3 for one that is not valid yet. lws tells of a failure only in its log, and would by then have taken half of the pair.
static inline int amphi_certificate_state(const char *certificate_path, const char *private_key_path) {
    SSL_CTX *scratch = SSL_CTX_new(TLS_server_method());
    if (!scratch) return 0;
    SSL_CTX_set_default_passwd_cb(scratch, amphi_no_password);
    int state = SSL_CTX_use_certificate_chain_file(scratch, certificate_path) == 1
        && SSL_CTX_use_PrivateKey_file(scratch, private_key_path, SSL_FILETYPE_PEM) == 1
        && SSL_CTX_check_private_key(scratch) == 1;
    X509 *leaf = state ? SSL_CTX_get0_certificate(scratch) : NULL;
    if (leaf && X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0) state = 2;
    if (leaf && X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0) state = 3;
    SSL_CTX_free(scratch);
    ERR_clear_error();
    return state;
}

// "Checks every vhost to see if it is the using certificate described by the given filepaths. If so, it attempts to update the
// vhost ssl_ctx to use the new certificate." Connections that are open keep what they were opened with. On the loop's thread.
static inline void amphi_reload_certificate(
    amphi_context *self, const char *certificate_path, const char *private_key_path) {
    lws_tls_cert_updated(self->context, certificate_path, private_key_path, NULL, 0, NULL, 0);
}

static inline void amphi_find_poll(uv_handle_t *handle, void *result) {
    if (handle->type == UV_POLL) *(uv_handle_t **)result = handle;
}

// The handle of the event pipe of a context that has adopted nothing yet: the only one that its loop polls. Or NULL.
static inline uv_handle_t *amphi_event_pipe(uv_loop_t *loop) {
    uv_handle_t *handle = NULL;
    uv_walk(loop, amphi_find_poll, &handle);
    return handle;
}

static inline int amphi_descriptor(const uv_handle_t *handle) {
    uv_os_fd_t fd;
    return handle && !uv_fileno(handle, &fd) ? fd : -1;
}

// libuv calls nobody when the handle, which is closing, has closed.
static inline void amphi_forget_close_callback(uv_handle_t *handle) { handle->close_cb = NULL; }

static inline void amphi_context_free(amphi_context *self) { free(self); }

// MARK: adopting sockets

// Takes over `fd` as a stream of bytes (role raw-skt). Closes it and returns NULL on failure.
static inline struct lws *amphi_adopt_stream(struct lws_vhost *host, int fd, int tls, void *opaque) {
    lws_adopt_desc_t info;
    memset(&info, 0, sizeof(info));
    info.vh = host;
    info.type = (lws_adoption_type)(LWS_ADOPT_SOCKET | (tls ? LWS_ADOPT_ALLOW_SSL : 0));
    info.fd.sockfd = fd;
    info.opaque = opaque;
    return lws_adopt_descriptor_vhost_via_info(&info);
}

// Asks for LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL, lws's only word before it closes by itself: it says it of connections that
// have user space ("if (!wsi->told_user_closed && wsi->user_space && ..."). `pointer` is any but NULL; lws neither reads
// nor frees it.
static inline void amphi_ask_for_drop(struct lws *wsi, void *pointer) { lws_set_wsi_user(wsi, pointer); }

// Whatever timeout lws has armed for this connection: it is off.
static inline void amphi_clear_timeout(struct lws *wsi) { lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); }

// MARK: writing

// `payload` has LWS_PRE writable bytes before it.
static inline int amphi_write_text(struct lws *wsi, unsigned char *payload, size_t count) {
    return lws_write(wsi, payload, count, LWS_WRITE_TEXT);
}

// With a payload: lws keeps an empty pong to itself ("if (opcode == LWSWSOPC_PONG && !len) goto already_done").
static inline int amphi_write_ping(struct lws *wsi) {
    unsigned char frame[LWS_PRE + 4];
    memcpy(frame + LWS_PRE, "ping", 4);
    return lws_write(wsi, frame + LWS_PRE, 4, LWS_WRITE_PING);
}

// On a raw socket nothing is written before the payload.
static inline int amphi_write_bytes(struct lws *wsi, const unsigned char *bytes, size_t count) {
    return lws_write(wsi, (unsigned char *)bytes, count, LWS_WRITE_RAW);
}

// Appends to the 101 response from LWS_CALLBACK_ADD_HEADERS; `in` is that callback's argument. 1 when it does not fit.
static inline int amphi_add_handshake_bytes(void *in, const unsigned char *bytes, size_t count) {
    struct lws_process_html_args *args = (struct lws_process_html_args *)in;
    if (args->max_len < 0 || (size_t)args->max_len < count + 2) return 1;
    memcpy(args->p, bytes, count);
    args->p += count;
    args->max_len -= (int)count;
    return 0;
}

// MARK: closing

// Drops the connection from the event loop, without the flush that lws_close would wait for: "LWS_TO_KILL_ASYNC: If
// LWS_TO_KILL_SYNC is given as the timeout in sec, then the connection is closed before returning from the function"; the
// asynchronous one runs from lws's timer list, which the wake-up services.
static inline void amphi_kill(struct lws *wsi) {
    lws_set_timeout(wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
    lws_cancel_service(lws_get_context(wsi));
}

// "When you are about to return -1 from a callback": not so here. With libuv, Debian's lws closes a connection whose
// WRITEABLE callback returned -1 twice in a row (service.c, "close_and_handled uv repeat test", compiled in unless
// NDEBUG), and the second time without the Close frame. A synchronous close is done once, and politely while a reason is
// set.
static inline void amphi_close_websocket(
    struct lws *wsi, uint16_t code, const unsigned char *reason, size_t count) {
    lws_close_reason(wsi, (enum lws_close_status)code, (unsigned char *)reason, count);
    lws_set_timeout(wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC);
}

// A Close frame at once, while lws holds no bytes, in the middle of a callback that then asks lws to drop the connection. lws
// itself sends one only when it waits for an answer as well, and this is the answer.
static inline void amphi_send_close(int fd, uint16_t code) {
    unsigned char frame[4] = {0x88, 2, (unsigned char)(code >> 8), (unsigned char)(code & 0xff)};
    (void)send(fd, frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
}

// 1 when the stream from the peer goes on, be there bytes to read or not; 0 at its end or after an error.
static inline int amphi_stream_goes_on(int fd) {
    unsigned char byte;
    ssize_t count = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

// MARK: sockets and threads, where Swift's Glibc lacks the declaration

extern int accept4(int, struct sockaddr *, socklen_t *, int);

// Non-blocking and close-on-exec. The new socket, or -1 and errno.
static inline int amphi_accept(int listener, struct sockaddr_storage *address) {
    socklen_t count = sizeof(*address);
    return accept4(listener, (struct sockaddr *)address, &count, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static inline int amphi_socket_name(int fd, struct sockaddr_storage *address) {
    socklen_t count = sizeof(*address);
    return getsockname(fd, (struct sockaddr *)address, &count);
}

static inline int amphi_set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof(value));
}

// The value, or -1.
static inline int amphi_get_option(int fd, int level, int name) {
    int value = -1;
    socklen_t count = sizeof(value);
    return getsockopt(fd, level, name, &value, &count) ? -1 : value;
}

static inline int amphi_stream_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
}

static inline int amphi_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline void amphi_signal_event(int fd) { (void)eventfd_write(fd, 1); }

// MARK: waiting for several sockets at a price that does not grow with their number

static inline int amphi_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int amphi_epoll_add(int epoll, int fd, uint32_t events, uint64_t name) {
    struct epoll_event event;
    memset(&event, 0, sizeof(event));
    event.events = events;
    event.data.u64 = name;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// Reports `name` for as long as there is something to read or to accept.
static inline int amphi_epoll_add_reader(int epoll, int fd, uint64_t name) {
    return amphi_epoll_add(epoll, fd, EPOLLIN, name);
}

// Reports `name` when the peer has ended its side or reset the connection, whatever it has sent before: "EPOLLRDHUP Stream
// socket peer closed connection, or shut down writing half of connection."
static inline int amphi_epoll_add_end(int epoll, int fd, uint64_t name) {
    return amphi_epoll_add(epoll, fd, EPOLLRDHUP, name);
}

static inline int amphi_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

// The number of `names` that were filled; 0 after so many milliseconds. `most` is 64 at most.
static inline int amphi_epoll_wait(int epoll, uint64_t *names, int most, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, most < 64 ? most : 64, milliseconds);
    for (int index = 0; index < count; index++) names[index] = events[index].data.u64;
    return count;
}

static inline int amphi_send_now(int fd, const void *bytes, size_t count) {
    return (int)send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Throws away what has come, at most so many bytes: "the use of MSG_TRUNC in the flags argument [...] causes the received bytes
// of data to be discarded, rather than passed back in a caller-supplied buffer" (tcp(7)). The bytes; 0 at the end of the
// stream; -1 and errno.
static inline int amphi_discard(int fd, size_t most) {
    return (int)recv(fd, NULL, most, MSG_TRUNC | MSG_DONTWAIT);
}

static inline void amphi_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// MARK: progress

// The start of Linux's struct tcp_info (linux/tcp.h) as far as it is needed; glibc's own copy is older and shorter.
struct amphi_tcp_info {
    uint8_t small[8];
    uint32_t rto, ato, snd_mss, rcv_mss, unacked, sacked, lost, retrans, fackets;
    uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
    uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering, rcv_rtt, rcv_space;
    uint32_t total_retrans;
    uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
    uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
    uint64_t delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
    uint32_t delivered, delivered_ce;
    uint64_t bytes_sent, bytes_retrans;
    uint32_t dsack_dups, reord_seen, rcv_ooopack, snd_wnd;
};

// What TCP knows of the bytes that were written, at one moment.
typedef struct amphi_progress {
    uint64_t acknowledged; // by the peer's kernel
    uint64_t written;      // what `acknowledged` will be when everything written so far has arrived
    uint64_t window;       // what the peer's kernel would take beyond `acknowledged`
    int in_flight;         // segments that were sent and not acknowledged
} amphi_progress;

// 0, or -1 when the socket is not TCP or the kernel (before 5.4) does not tell.
static inline int amphi_read_progress(int fd, amphi_progress *progress) {
    struct amphi_tcp_info info;
    socklen_t count = sizeof(info);
    memset(&info, 0, sizeof(info));
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &count) || count < sizeof(info)) return -1;
    progress->acknowledged = info.bytes_acked;
    progress->written = info.bytes_sent - info.bytes_retrans + info.notsent_bytes;
    progress->window = info.snd_wnd;
    progress->in_flight = (int)info.unacked;
    return 0;
}

// Bytes that were written to a socket pair and not read at its other end.
static inline int amphi_unread(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) ? 0 : count;
}

#endif
