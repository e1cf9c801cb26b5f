# Two panels over the same seconds: rates above, delay and layers below. Called by ./draw.
set terminal png size 800,480 medium
set output picture
set datafile separator ","
set key outside right top samplen 2 spacing 1.1
set grid ytics lt 1 lc rgb "#e4e4e4"
set border 3
set tics nomirror out
set lmargin 9
set rmargin 24
stats csv using "estimate2" nooutput
second = STATS_max > 0
set multiplot layout 2,1 title title font ",10"
set ylabel "kbit/s"
set yrange [0:*]
set format x ""
set bmargin 0.5
if (second) {
  plot csv using "second":"line" with steps lc rgb "#999999" title "line", \
       "" using "second":"received" with lines lc rgb "#a8cbe8" title "received", \
       "" using "second":"received2" with lines lc rgb "#f0c8a0" title "received, second", \
       "" using "second":"estimate" with lines lw 1.6 lc rgb "#1f5fa8" title "estimate", \
       "" using "second":"estimate2" with lines lw 1.6 lc rgb "#c06010" title "estimate, second"
} else {
  plot csv using "second":"line" with steps lc rgb "#999999" title "line", \
       "" using "second":"received" with lines lc rgb "#a8cbe8" title "received", \
       "" using "second":"padding" with impulses lc rgb "#70b070" title "padding", \
       "" using "second":"estimate" with lines lw 1.6 lc rgb "#1f5fa8" title "estimate"
}
set format x "%g"
set bmargin 3
set xlabel "seconds"
set ylabel "ms, beyond 50"
set y2tics
set y2range [0:12]
set rmargin 24
plot csv using "second":"longest" with lines lc rgb "#c08080" title "longest delay", \
     "" using "second":"queue" with lines lw 1.4 lc rgb "#802020" title "mean delay", \
     "" using "second":(column("lost") > 0 ? column("lost")/10 : NaN) axes x1y2 with points pt 7 ps 0.3 lc rgb "#222222" title "lost, 10 % ->", \
     "" using "second":"layers" axes x1y2 with steps lc rgb "#30a0a0" title "layers ->"
unset multiplot
