//! Golden layout and hostile bytes of the shared memory.

use proptest::prelude::*;

use super::*;
use crate::tensor::{Tensor, TensorView};

const CAPACITY: usize = 8_192;

fn region() -> (Region, Layout) {
    let layout = Layout::new(2, CAPACITY, CAPACITY).unwrap();
    let (region, _file) = Region::create(layout.bytes()).unwrap();
    layout.write_to(&region);
    (region, layout)
}

fn write(region: &Region, layout: &Layout, tensors: &[Tensor]) {
    let mut writer = MessageWriter::new(region, layout.input_area(1));
    tensors.iter().for_each(|tensor| writer.put(tensor.view()).unwrap());
    writer.finish();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn golden_header() {
    let (region, layout) = region();
    layout.submit(&region, 0, 1, 7);
    let expected = "4e45555253484d00\
                    02000000\
                    02000000\
                    0020000000000000\
                    0020000000000000";
    assert_eq!(hex(&region.read::<u8>(0, 32)), expected);
    assert_eq!(hex(&region.read::<u8>(64, 4)), "01000000", "submitted");
    assert_eq!(hex(&region.read::<u8>(256, 8)), "0100000000000000", "ring");
    layout.finish(&region, 1, 7, 1_000);
    assert_eq!(hex(&region.read::<u8>(1_088, 12)), "0700000007000000e8030000", "words of slot 1");
    assert_eq!(layout.bytes(), 4_096 + 2 * 2 * CAPACITY);
    assert_eq!(layout.input_area(1), 20_480..28_672);
    assert_eq!(layout.output_area(1), 28_672..36_864);
}

#[test]
fn golden_message() {
    let (region, layout) = region();
    write(
        &region,
        &layout,
        &[Tensor::f32(vec![1, 2], vec![1.0, -2.0]), Tensor::i64(vec![1], vec![-1]), Tensor::u8(vec![3], vec![1, 2, 255])],
    );
    let start = layout.input_area(1).start;
    let expected = [
        "01000000030000000000000000000000",
        "0100000002000000",
        "01000000000000000200000000000000",
        &"00".repeat(48),
        "00060000000000000800000000000000",
        "0200000001000000",
        "0100000000000000",
        &"00".repeat(56),
        "40060000000000000800000000000000",
        "0300000001000000",
        "0300000000000000",
        &"00".repeat(56),
        "80060000000000000300000000000000",
    ];
    assert_eq!(hex(&region.read::<u8>(start, 16 + 3 * 88)), expected.concat());
    assert_eq!(hex(&region.read::<u8>(start + 0x600, 8)), "0000803f000000c0");
    assert_eq!(hex(&region.read::<u8>(start + 0x640, 8)), "ffffffffffffffff");
    assert_eq!(hex(&region.read::<u8>(start + 0x680, 3)), "0102ff");
}

#[test]
fn golden_errors() {
    let (region, layout) = region();
    let area = layout.output_area(0);
    for (kind, code) in [(FaultKind::Inference, "02000000"), (FaultKind::Memory, "03000000")] {
        MessageWriter::new(&region, area.clone()).fail(kind, "no");
        assert_eq!(hex(&region.read::<u8>(area.start, 8)), format!("{code}02000000"));
        assert_eq!(hex(&region.read::<u8>(area.start + 0x600, 2)), "6e6f");
        assert!(matches!(Message::read(&region, area.clone()), Ok(Message::Error(found, text)) if found == kind && text == "no"));
    }
}

#[test]
fn a_layout_outside_the_bounds_or_of_another_version_is_refused() {
    assert!(Layout::new(0, 4_096, 4_096).is_err());
    assert!(Layout::new(33, 4_096, 4_096).is_err());
    assert!(Layout::new(1, 0, 4_096).is_err());
    assert!(Layout::new(1, 4_096, 5_000).is_err());
    assert!(Layout::new(1, usize::MAX & !4_095, 4_096).is_err());
    let (region, layout) = region();
    assert_eq!(Layout::of(&region), Ok(layout));
    region.write(8, &[1_u8]);
    assert_eq!(Layout::of(&region), Err(Malformed("region has another version")));
    region.write(8, &[2_u8, 0, 0, 0, 3]);
    assert_eq!(Layout::of(&region), Err(Malformed("region has not the size of its layout")));
    region.write(0, b"X");
    assert_eq!(Layout::of(&region), Err(Malformed("region has no magic number")));
}

#[test]
fn the_file_refuses_to_shrink_or_to_be_written_as_a_stream() {
    use std::io::Write;
    let (_region, descriptor) = Region::create(8_192).unwrap();
    let mut file = std::fs::File::from(descriptor);
    assert!(file.set_len(0).is_err());
    assert!(file.set_len(16_384).is_err());
    assert!(file.write_all(b"text").is_err());
    assert_eq!(Region::open(file.into()).unwrap().read::<u8>(0, 4), [0; 4]);
}

#[test]
fn tensors_that_do_not_fit_are_refused_before_they_are_written() {
    let (region, layout) = region();
    let mut writer = MessageWriter::new(&region, layout.output_area(0));
    let tensor = Tensor::f32(vec![CAPACITY], vec![1.0; CAPACITY]);
    assert!(writer.put(tensor.view()).is_err());
    writer.fail(FaultKind::Inference, &"é".repeat(2_000));
    match Message::read(&region, layout.output_area(0)).unwrap() {
        Message::Error(_, text) => assert_eq!(text, "é".repeat(512)),
        Message::Tensors(_) => panic!("an error was written"),
    }
    let untouched = region.read::<u8>(layout.input_area(1).start, 4_096);
    assert!(untouched.iter().all(|byte| *byte == 0), "the neighbour's area is untouched");
}

#[test]
fn a_ring_entry_outside_the_slots_is_refused() {
    let (region, layout) = region();
    region.write(256, &[9_u8]);
    assert!(layout.take(&region, 0).is_err());
}

#[test]
fn lengths_that_leave_the_area_are_refused() {
    let (region, layout) = region();
    let start = layout.input_area(1).start;
    let refused = |offset: usize, value: u64| {
        write(&region, &layout, &[Tensor::f32(vec![4], vec![0.0; 4]), Tensor::f32(vec![4], vec![0.0; 4])]);
        region.write(start + offset, &value.to_le_bytes());
        Message::read(&region, layout.input_area(1)).is_err()
    };
    assert!(refused(16 + 80, u64::MAX), "length");
    assert!(refused(16 + 72, u64::MAX - 63), "offset that wraps");
    assert!(refused(16 + 72, 0), "offset in the header");
    assert!(refused(16 + 72, 1_537), "unaligned offset");
    assert!(refused(16 + 72, CAPACITY as u64), "offset behind the area");
    assert!(refused(16 + 8, 1 << 62), "shape that overflows");
    assert!(refused(16 + 88 + 72, 1_536), "two tensors in one place");
    assert!(refused(4, 17), "number of tensors");
    assert!(refused(0, 4), "kind");
}

fn tensors() -> impl Strategy<Value = Vec<Tensor>> {
    let tensor = prop_oneof![
        prop::collection::vec(any::<f32>().prop_filter("equal to itself", |value| !value.is_nan()), 1..40)
            .prop_map(|data| Tensor::f32(vec![data.len()], data)),
        prop::collection::vec(any::<i64>(), 1..40).prop_map(|data| Tensor::i64(vec![1, data.len(), 1], data)),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(|data| Tensor::u8(vec![data.len(), 1], data)),
    ];
    prop::collection::vec(tensor, 0..16)
}

proptest! {
    #[test]
    fn what_is_written_is_read(tensors in tensors()) {
        let (region, layout) = region();
        write(&region, &layout, &tensors);
        let needed = message_bytes(tensors.iter().map(Tensor::view)).unwrap();
        prop_assert!(needed <= CAPACITY);
        match Message::read(&region, layout.input_area(1)).unwrap() {
            Message::Tensors(reader) => {
                prop_assert_eq!(reader.to_tensors(), tensors.clone());
                let copies: Vec<Tensor> = reader.views().iter().map(TensorView::to_tensor).collect();
                prop_assert_eq!(copies, tensors);
            }
            Message::Error(_, text) => prop_assert!(false, "{}", text),
        }
    }

    #[test]
    fn no_bytes_make_the_reader_leave_the_area(noise in prop::collection::vec(any::<u8>(), 0..400), kind in 0_u8..5, count in 0_u8..20) {
        let (region, layout) = region();
        let area = layout.output_area(1);
        region.write(area.start + 16, &noise);
        region.write(area.start, &[kind, 0, 0, 0, count]);
        if let Ok(Message::Tensors(reader)) = Message::read(&region, area) {
            let bytes: usize = reader.to_tensors().iter().map(|tensor| tensor.view().bytes()).sum();
            prop_assert!(bytes <= CAPACITY);
        }
    }
}
