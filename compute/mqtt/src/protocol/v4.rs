//! MQTT 3.1.1.

super::version!(rumqttc);

fn options(config: &MqttConfig, host: String, port: u16) -> MqttOptions {
    let mut options = MqttOptions::new(&config.client_id, rumqttc::Broker::tcp(host, port));
    options.set_max_packet_size(super::MAX_INCOMING_PACKET, super::MAX_OUTGOING_PACKET);
    options
}

fn build(options: MqttOptions, capacity: usize) -> (AsyncClient, EventLoop) {
    let (client, mut event_loop) = AsyncClient::builder(options).capacity(capacity).build();
    event_loop.set_network_options(super::network_options());
    (client, event_loop)
}

/// A broker of this version cannot refuse a message; it just closes the connection.
fn unacknowledged(_: PublishNoticeError) -> LinkFailure {
    LinkFailure::Lost
}

fn is_refusal(code: &SubscribeReasonCode) -> bool {
    matches!(code, SubscribeReasonCode::Failure)
}

fn refused(error: SubscribeNoticeError) -> LinkFailure {
    match error {
        SubscribeNoticeError::V4SubAckFailure(_) => LinkFailure::Refused { reason: "it gave no reason".into(), transient: false },
        _ => LinkFailure::Lost,
    }
}
