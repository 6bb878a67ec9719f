//! MQTT 5.

super::version!(rumqttc_v5);

use rumqttc_v5::{PubAckReason, PubCompReason, PubRecReason};

/// What the connection reads at most; the broker says itself what it takes at most.
const MAX_INCOMING: u32 = super::MAX_INCOMING_PACKET as u32;

fn options(config: &MqttConfig, host: String, port: u16) -> MqttOptions {
    let mut options = MqttOptions::new(&config.client_id, rumqttc_v5::Broker::tcp(host, port));
    options.set_max_packet_size(Some(MAX_INCOMING));
    options
}

fn build(mut options: MqttOptions, capacity: usize) -> (AsyncClient, EventLoop) {
    options.set_network_options(super::network_options());
    AsyncClient::builder(options).capacity(capacity).build()
}

fn unacknowledged(error: PublishNoticeError) -> LinkFailure {
    use PublishNoticeError::{RetainNotSupported, V5PubAck, V5PubComp, V5PubRec};
    let transient = match &error {
        V5PubAck(reason) => matches!(
            reason,
            PubAckReason::UnspecifiedError
                | PubAckReason::ImplementationSpecificError
                | PubAckReason::PacketIdentifierInUse
                | PubAckReason::QuotaExceeded
        ),
        V5PubRec(reason) => matches!(
            reason,
            PubRecReason::UnspecifiedError
                | PubRecReason::ImplementationSpecificError
                | PubRecReason::PacketIdentifierInUse
                | PubRecReason::QuotaExceeded
        ),
        V5PubComp(reason) => matches!(reason, PubCompReason::PacketIdentifierNotFound),
        RetainNotSupported => false,
        _ => return LinkFailure::Lost,
    };
    LinkFailure::Refused { reason: error.to_string(), transient }
}

fn is_refusal(code: &SubscribeReasonCode) -> bool {
    !matches!(code, SubscribeReasonCode::Success(_))
}

fn refused(error: SubscribeNoticeError) -> LinkFailure {
    match error {
        SubscribeNoticeError::V5SubAckFailure(_) => LinkFailure::Refused { reason: error.to_string(), transient: false },
        _ => LinkFailure::Lost,
    }
}
