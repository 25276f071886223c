;; The two loops that a search and an index's making spend their time in, with SIMD. kernel.ts holds what wabt makes of
;; this text; tests/vector-store/kernel.test.ts checks that it does.
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; out[i] = the product of the query and row i, for n rows of `bytes` bytes (float32, a multiple of 16). Four rows at a
  ;; time, so that the query is loaded once for all of them.
  (func $sum (param $v v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
      (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))
  (func (export "products") (param $query i32) (param $rows i32) (param $n i32) (param $bytes i32) (param $out i32)
    (local $end i32) (local $q i32) (local $r1 i32) (local $r2 i32) (local $r3 i32) (local $v v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $query) (local.get $bytes)))
    (block $ones
      (loop $fours
        (br_if $ones (i32.lt_u (local.get $n) (i32.const 4)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0))
        (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (local.set $r1 (i32.add (local.get $rows) (local.get $bytes)))
        (local.set $r2 (i32.add (local.get $r1) (local.get $bytes)))
        (local.set $r3 (i32.add (local.get $r2) (local.get $bytes)))
        (loop $values
          (local.set $v (v128.load (local.get $q)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (v128.load (local.get $rows)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (v128.load (local.get $r1)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (v128.load (local.get $r2)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (v128.load (local.get $r3)))))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (local.set $r1 (i32.add (local.get $r1) (i32.const 16)))
          (local.set $r2 (i32.add (local.get $r2) (i32.const 16)))
          (local.set $r3 (i32.add (local.get $r3) (i32.const 16)))
          (br_if $values (i32.lt_u (local.get $q) (local.get $end))))
        (f32.store (local.get $out) (call $sum (local.get $a)))
        (f32.store offset=4 (local.get $out) (call $sum (local.get $b)))
        (f32.store offset=8 (local.get $out) (call $sum (local.get $c)))
        (f32.store offset=12 (local.get $out) (call $sum (local.get $d)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (local.set $rows (local.get $r3))
        (local.set $n (i32.sub (local.get $n) (i32.const 4)))
        (br $fours)))
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (loop $values
          (local.set $a (f32x4.add (local.get $a)
            (f32x4.mul (v128.load (local.get $q)) (v128.load (local.get $rows)))))
          (local.set $q (i32.add (local.get $q) (i32.const 16)))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (br_if $values (i32.lt_u (local.get $q) (local.get $end))))
        (f32.store (local.get $out) (call $sum (local.get $a)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $row))))

  ;; Estimates the cosines of blocks of 32 codes and writes (position, estimate) of those above the threshold to out.
  ;; A block: for each pair of nibbles 32 bytes (low halves are codes 0 to 15, high ones 16 to 31), then 32 float32 of
  ;; what is added and 32 of what the sum is multiplied with. Gives the number of pairs written.
  (func (export "scan") (param $codes i32) (param $blocks i32) (param $table i32) (param $tableEnd i32)
      (param $base f32) (param $scale f32) (param $bias f32) (param $threshold f32)
      (param $position i32) (param $out i32) (result i32)
    (local $start i32) (local $t i32) (local $k i32) (local $mask i32) (local $lane i32)
    (local $c0 v128) (local $c1 v128) (local $l0 v128) (local $l1 v128) (local $lo v128) (local $hi v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128) (local $sum v128) (local $est v128)
    (local $low v128) (local $bases v128) (local $scales v128) (local $biases v128) (local $limit v128)
    (local.set $low (i8x16.splat (i32.const 15)))
    (local.set $bases (f32x4.splat (local.get $base)))
    (local.set $scales (f32x4.splat (local.get $scale)))
    (local.set $biases (f32x4.splat (local.get $bias)))
    (local.set $limit (f32x4.splat (local.get $threshold)))
    (local.set $start (local.get $out))
    (block $done
      (loop $block
        (br_if $done (i32.eqz (local.get $blocks)))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (local.set $t (local.get $table))
        (loop $pairs
          (local.set $c0 (v128.load (local.get $codes)))
          (local.set $c1 (v128.load offset=16 (local.get $codes)))
          (local.set $l0 (v128.load (local.get $t)))
          (local.set $l1 (v128.load offset=16 (local.get $t)))
          (local.set $lo (i8x16.add
            (i8x16.swizzle (local.get $l0) (v128.and (local.get $c0) (local.get $low)))
            (i8x16.swizzle (local.get $l1) (v128.and (local.get $c1) (local.get $low)))))
          (local.set $hi (i8x16.add
            (i8x16.swizzle (local.get $l0)
              (v128.and (i16x8.shr_u (local.get $c0) (i32.const 4)) (local.get $low)))
            (i8x16.swizzle (local.get $l1)
              (v128.and (i16x8.shr_u (local.get $c1) (i32.const 4)) (local.get $low)))))
          (local.set $s0 (i16x8.add (local.get $s0) (i16x8.extend_low_i8x16_u (local.get $lo))))
          (local.set $s1 (i16x8.add (local.get $s1) (i16x8.extend_high_i8x16_u (local.get $lo))))
          (local.set $s2 (i16x8.add (local.get $s2) (i16x8.extend_low_i8x16_u (local.get $hi))))
          (local.set $s3 (i16x8.add (local.get $s3) (i16x8.extend_high_i8x16_u (local.get $hi))))
          (local.set $codes (i32.add (local.get $codes) (i32.const 32)))
          (local.set $t (i32.add (local.get $t) (i32.const 32)))
          (br_if $pairs (i32.lt_u (local.get $t) (local.get $tableEnd))))
        ;; Four codes at a time; the sums move down as they are used.
        (local.set $k (i32.const 0))
        (loop $fours
          (local.set $sum (i32x4.extend_low_i16x8_u (local.get $s0)))
          (local.set $est
            (f32x4.add
              (f32x4.add (local.get $bases) (v128.load (local.get $codes)))
              (f32x4.mul
                (v128.load offset=128 (local.get $codes))
                (f32x4.add (local.get $biases)
                  (f32x4.mul (local.get $scales) (f32x4.convert_i32x4_u (local.get $sum)))))))
          (local.set $mask (i32x4.bitmask (f32x4.gt (local.get $est) (local.get $limit))))
          (if (local.get $mask)
            (then
              (loop $emit
                (local.set $lane (i32.ctz (local.get $mask)))
                (i32.store (local.get $out)
                  (i32.add (local.get $position) (i32.add (local.get $k) (local.get $lane))))
                (f32.store offset=4 (local.get $out)
                  (if (result f32) (i32.lt_u (local.get $lane) (i32.const 2))
                    (then
                      (if (result f32) (local.get $lane)
                        (then (f32x4.extract_lane 1 (local.get $est)))
                        (else (f32x4.extract_lane 0 (local.get $est)))))
                    (else
                      (if (result f32) (i32.and (local.get $lane) (i32.const 1))
                        (then (f32x4.extract_lane 3 (local.get $est)))
                        (else (f32x4.extract_lane 2 (local.get $est)))))))
                (local.set $out (i32.add (local.get $out) (i32.const 8)))
                (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
                (br_if $emit (local.get $mask)))))
          (if (i32.and (local.get $k) (i32.const 4))
            (then
              (local.set $s0 (local.get $s1))
              (local.set $s1 (local.get $s2))
              (local.set $s2 (local.get $s3)))
            (else
              (local.set $s0 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
                (local.get $s0) (local.get $s0)))))
          (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br_if $fours (i32.lt_u (local.get $k) (i32.const 32))))
        (local.set $codes (i32.add (local.get $codes) (i32.const 128)))
        (local.set $position (i32.add (local.get $position) (i32.const 32)))
        (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
        (br $block)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $start)) (i32.const 3))))
